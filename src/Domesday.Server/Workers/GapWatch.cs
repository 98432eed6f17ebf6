using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Core.Gaps;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;

namespace Domesday.Server.Workers;

/// <summary>Records as an event that numbers of a producer are missing, a minute after they were passed over: what is only late has come by then.</summary>
/// <remarks>The event's id follows from the producer and the number that came after the gap: told again after a restart or by another node, the ledger takes it once.</remarks>
internal sealed class GapWatch(GapTracker tracker, IEventStore store, AppendPipeline pipeline, TimeProvider time)
{
    /// <summary>The <c>operation</c> of these events.</summary>
    public const string Operation = "producer.gap";

    /// <summary>Events of one look at one tenant; the rest has its turn with the next.</summary>
    private const int EventsMax = 100;

    /// <summary>How long a number may be late.</summary>
    private static readonly TimeSpan LateMax = TimeSpan.FromMinutes(1);

    /// <summary>How far back a start looks: what was noticed before was told by then.</summary>
    private static readonly TimeSpan LookBack = TimeSpan.FromHours(1);

    private readonly Dictionary<string, Timestamp> _told = new(StringComparer.Ordinal);
    private readonly DateTimeOffset _start = time.GetUtcNow();

    public async ValueTask LookAsync(CancellationToken cancellation)
    {
        var due = Timestamp.FromDateTimeOffset(time.GetUtcNow() - LateMax);
        foreach (var tenant in store.Tenants.Where(tenant => !TenantName.IsInternal(tenant)))
        {
            var told = _told.TryGetValue(tenant, out var known) ? known : Timestamp.FromDateTimeOffset(_start - LookBack);
            var found = await tracker.ReadAsync(tenant, streams => Gaps(streams, told, due), cancellation);
            if (found.Count == 0) continue;
            var request = new AppendRequest(tenant, ServiceEventQueue.SourceKind, [.. found.Select(gap => (ReadOnlyMemory<byte>)EventJson.Write(EventOf(gap.Producer, gap.Range)))]);
            if ((await pipeline.AppendAsync(request, cancellation)).IsOk) _told[tenant] = found[^1].Range.NoticedAt;
        }
    }

    /// <summary>Those that are due and were not told of, in the order in which they were noticed.</summary>
    private static List<(string Producer, GapRange Range)> Gaps(TenantStreams streams, Timestamp told, Timestamp due)
    {
        var gaps = streams.Streams.SelectMany(stream => stream.Value.Gaps.Where(gap => gap.NoticedAt > told && gap.NoticedAt <= due).Select(gap => (Producer: stream.Key, Range: gap)))
            .OrderBy(gap => gap.Range.NoticedAt).ToList();
        if (gaps.Count <= EventsMax) return gaps;
        // Those of one moment stay together: the next look begins behind it.
        var last = gaps[EventsMax - 1].Range.NoticedAt;
        return gaps.FindAll(gap => gap.Range.NoticedAt <= last);
    }

    private AuditEvent EventOf(string producer, GapRange gap) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"gap-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(producer)).AsSpan(0, 8))}-{gap.Last + 1}"),
        Time = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
        Service = ControlLedger.ServiceName,
        Action = "warn",
        Operation = Operation,
        Actor = ChangeAuthor.Service.Actor,
        Resource = new() { Type = "producer", Id = EventText.Clean(producer) },
        Outcome = new()
        {
            Result = OutcomeResult.Failure,
            Reason = gap.First == gap.Last
                ? string.Create(CultureInfo.InvariantCulture, $"number {gap.First} did not come")
                : string.Create(CultureInfo.InvariantCulture, $"numbers {gap.First} to {gap.Last} did not come"),
        },
    };
}
