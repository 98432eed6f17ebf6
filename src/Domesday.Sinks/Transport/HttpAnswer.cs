using System.Net;
using System.Text;
using Domesday.Core.Forwarding;

namespace Domesday.Sinks.Transport;

/// <summary>What a receiver's HTTP answer means for a batch.</summary>
/// <param name="Text">The beginning of its body.</param>
internal sealed record HttpAnswer(HttpStatusCode Status, string Text, TimeSpan? RetryAfter)
{
    private const int ShownCharsMax = 300;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>One line for people.</summary>
    public string Sentence => Text.Length == 0 ? $"HTTP {(int)Status}" : $"HTTP {(int)Status}: {Shown(Text)}";

    /// <summary>Reads an answer, its body up to a limit.</summary>
    public static async ValueTask<HttpAnswer> ReadAsync(HttpResponseMessage response, TimeProvider time, int bytesMax, CancellationToken cancellation)
    {
        var retry = response.Headers.RetryAfter;
        var wait = retry?.Delta ?? (retry?.Date is { } date ? date - time.GetUtcNow() : null);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var bytes = new byte[bytesMax];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        return new(response.StatusCode, Encoding.UTF8.GetString(bytes, 0, length), wait);
    }

    /// <summary>As most receivers mean it: what is wrong with the request itself is refused, what is wrong with the way there passes.</summary>
    public Delivery ToDelivery() => (int)Status switch
    {
        >= 200 and < 300 => Delivery.Accepted(Sentence),
        400 or 413 or 422 => Delivery.Refused(Sentence),
        _ => Delivery.Later(Sentence, RetryAfter),
    };

    private static string Shown(string text)
    {
        var line = new string([.. text.Take(ShownCharsMax).Select(letter => char.IsControl(letter) ? ' ' : letter)]).Trim();
        return text.Length > ShownCharsMax ? line + "…" : line;
    }
}
