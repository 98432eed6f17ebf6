namespace Domesday.Client.Verification;

/// <summary>Fetches what a log serves below its prefix.</summary>
/// <param name="path">Such as <c>checkpoint</c>, <c>key</c> or <c>tile/0/x001/234</c>.</param>
/// <returns>The bytes, or why there are none. Throws <see cref="HttpRequestException"/>, <see cref="TimeoutException"/> or <see cref="IOException"/> when the log cannot be reached.</returns>
public delegate Task<LogResource> FetchLogResource(string path, CancellationToken cancellation);

/// <summary>What a log answered.</summary>
/// <param name="Detail">Its words, when it did not hand out what was asked for.</param>
public readonly record struct LogResource(LogAnswer Answer, ReadOnlyMemory<byte> Body, string? Detail)
{
    public static LogResource Found(ReadOnlyMemory<byte> body) => new(LogAnswer.Found, body, null);

    /// <summary>Reads a refusal.</summary>
    /// <param name="status">HTTP status code.</param>
    /// <param name="type">The problem's type (RFC 9457), such as <c>/problems/corrupt</c>.</param>
    public static LogResource Refused(int status, string? type, string? detail) => new(
        type?.EndsWith("/corrupt", StringComparison.Ordinal) == true ? LogAnswer.Corrupt : status switch
        {
            404 => LogAnswer.NotFound,
            410 => LogAnswer.Gone,
            _ => LogAnswer.Refused,
        }, default, detail ?? $"HTTP status {status}");
}

public enum LogAnswer
{
    Found,

    NotFound,

    /// <summary>It was there: entries that were erased or dropped.</summary>
    Gone,

    /// <summary>The log itself says that its data is damaged.</summary>
    Corrupt,

    /// <summary>Not for this caller, or not now.</summary>
    Refused,
}
