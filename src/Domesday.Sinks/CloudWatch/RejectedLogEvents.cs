using System.Text.Json;
using Domesday.Core.Forwarding;

namespace Domesday.Sinks.CloudWatch;

/// <summary>What PutLogEvents refused although it answered with success: events at the beginning or at the end of the batch, by their times.</summary>
internal static class RejectedLogEvents
{
    private static readonly TimeSpan AheadMax = TimeSpan.FromHours(2);

    /// <param name="events">The batch.</param>
    /// <param name="sent">Positions in the order in which they were put.</param>
    /// <remarks>
    /// Source: AWS, RejectedLogEventsInfo: both ends are exclusive, the beginning is inclusive. Stand-ins read that otherwise, so events at the edge are told by their times as well:
    /// one that is counted as rejected by mistake can be replayed, one that is counted as accepted by mistake is lost.
    /// </remarks>
    public static IEnumerable<Rejection> Read(string answer, IReadOnlyList<SinkEvent> events, IReadOnlyList<int> sent, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(answer)) yield break;
        using var json = JsonDocument.Parse(answer);
        if (!json.RootElement.TryGetProperty("rejectedLogEventsInfo", out var info) || info.ValueKind != JsonValueKind.Object) yield break;
        var (expired, tooOld, tooNew) = (Number(info, "expiredLogEventEndIndex"), Number(info, "tooOldLogEventEndIndex"), Number(info, "tooNewLogEventStartIndex"));
        for (var i = 0; i < sent.Count; i++)
        {
            var time = events[sent[i]].Time.ToDateTimeOffset();
            if (i < expired) yield return new(sent[i], "CloudWatch Logs: older than the log group keeps events.");
            else if (i < tooOld || tooOld is not null && now - time > CloudWatchSink.AgeMax) yield return new(sent[i], "CloudWatch Logs: older than 14 days.");
            else if (i >= tooNew || tooNew is not null && time - now > AheadMax) yield return new(sent[i], "CloudWatch Logs: more than two hours in the future.");
        }
    }

    private static int? Number(JsonElement info, string name) => info.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) ? number : null;
}
