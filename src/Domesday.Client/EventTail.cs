using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace Domesday.Client;

/// <summary>Follows a ledger over any number of connections.</summary>
/// <remarks>A heartbeat carries the id of the last event that was looked at, so that a selection that seldom matches is not searched again from far back.</remarks>
internal sealed class EventTail(ApiTransport transport, EventSelection selection)
{
    private long? _last;

    public async IAsyncEnumerable<StoredEvent> FollowAsync(long? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        _last = after;
        for (var attempt = 0; ; attempt++)
        {
            // Refusals, and a service that cannot be reached at the beginning, are the caller's; later failures are tried again.
            using var response = await transport.SendAsync(Request(isRepeatable: _last is not null), cancellation);
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            var parser = SseParser.Create(body, (_, data) => new StoredEvent(data.ToArray()));
            await using var events = parser.EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
            while (await NextAsync(events))
            {
                attempt = 0;
                _last = Number(events.Current.EventId) ?? _last;
                yield return events.Current.Data;
            }
            _last = Number(parser.LastEventId) ?? _last;
            await transport.WaitAsync(transport.WaitBefore(attempt), cancellation);
        }
    }

    /// <returns>False when the stream ended or broke.</returns>
    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<SseItem<StoredEvent>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return false;
        }
    }

    private ApiRequest Request(bool isRepeatable) => new(HttpMethod.Get, "tail")
    {
        Query = selection.ToString(),
        Headers = _last is { } last ? [("Accept", "text/event-stream"), ("Last-Event-ID", last.ToString(CultureInfo.InvariantCulture))] : [("Accept", "text/event-stream")],
        IsRepeatable = isRepeatable,
    };

    private static long? Number(string? id) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
