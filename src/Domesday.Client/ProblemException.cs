using System.Net.Http.Headers;
using System.Text.Json;

namespace Domesday.Client;

/// <summary>The service refused a request, and said why.</summary>
/// <remarks>Source: RFC 9457.</remarks>
public sealed class ProblemException : Exception
{
    private const int BodyBytesMax = 4 * 1024 * 1024;

    internal ProblemException(ProblemBody body, int status, TimeSpan? retryAfter) : base(body.Detail ?? body.Title ?? $"The service answered with status {status}.")
    {
        Status = status;
        Type = body.Type;
        Title = body.Title;
        Errors = body.Errors ?? [];
        RetryAfter = retryAfter;
    }

    /// <summary>HTTP status code.</summary>
    public int Status { get; }

    /// <summary>Such as <c>/problems/invalid</c>; null when the answer was no problem, such as one from a proxy in between.</summary>
    public string? Type { get; }

    public string? Title { get; }

    /// <summary>Every fault of the request; empty when it is not about certain fields.</summary>
    public IReadOnlyList<FieldFault> Errors { get; }

    /// <summary>When the service wants to be asked again.</summary>
    public TimeSpan? RetryAfter { get; }

    internal static async Task<ProblemException> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var body = new ProblemBody(null, response.ReasonPhrase, null, null);
        try
        {
            if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
            {
                await response.Content.LoadIntoBufferAsync(BodyBytesMax, cancellation);
                body = await JsonSerializer.DeserializeAsync(await response.Content.ReadAsStreamAsync(cancellation), ClientJson.Default.ProblemBody, cancellation) ?? body;
            }
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException)
        {
            // The status alone tells enough.
        }
        return new(body, status, WaitOf(response.Headers.RetryAfter, time));
    }

    private static TimeSpan? WaitOf(RetryConditionHeaderValue? retryAfter, TimeProvider time) =>
        retryAfter?.Delta ?? (retryAfter?.Date is { } date ? TimeSpan.FromTicks(Math.Max(0, (date - time.GetUtcNow()).Ticks)) : null);
}

/// <summary>What is wrong with one part of a request.</summary>
/// <param name="Index">The event in a batch, from 0; null when it is not about a batch.</param>
/// <param name="Field">The parameter, or the path of the event's field; empty for the event as a whole.</param>
public sealed record FieldFault(int? Index, string? Field, string Reason)
{
    public override string ToString() => (Index, Field) switch
    {
        (null, null or "") => Reason,
        (null, _) => $"{Field} {Reason}",
        (_, null or "") => $"event {Index} {Reason}",
        _ => $"event {Index}: {Field} {Reason}",
    };
}

internal sealed record ProblemBody(string? Type, string? Title, string? Detail, IReadOnlyList<FieldFault>? Errors);
