using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Retention;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Server.Settings;

namespace Domesday.Server.Api;

/// <summary>How a tenant's retention stands: what is kept, what was dropped and is due, and when room runs out.</summary>
internal sealed class RetentionStatus(IEventStore store, IEventReader reader, RetentionSweep sweep, GrowthRates rates, TenantCaps caps, ServiceSettings settings, TimeProvider time)
{
    private const double DaysAheadMax = 36_500;

    /// <param name="isOperator">Whether the disk is told of, and with it how busy all tenants together are.</param>
    /// <returns>The store's problem when the oldest event cannot be read.</returns>
    public async ValueTask<Result<RetentionBody>> OfAsync(string tenant, VersionedRetention retention, bool isOperator, CancellationToken cancellation)
    {
        var oldest = await OldestAsync(tenant, cancellation);
        if (!oldest.IsOk) return oldest.Problem;
        var lastDrop = await LastDropAsync(tenant, cancellation);
        if (!lastDrop.IsOk) return lastDrop.Problem;
        var next = await sweep.DueOfAsync(tenant, cancellation);
        if (!next.IsOk) return next.Problem;
        var policy = retention.Policy;
        var usage = store.Usage(tenant);
        var bytes = caps.BytesOf(tenant);
        CapShare? share = policy.BytesMax is { } cap ? new(tenant, bytes, cap) : null;
        var status = new RetentionStatusBody(
            usage.Events - store.Erasures(tenant).Events, bytes, usage.FirstSequence, oldest.Value, LastSweep(tenant), lastDrop.Value, next.Value.Due, next.Value.Held, next.Value.HeldFrom,
            rates.Of(tenant), share?.Share, FullAt(policy.BytesMax - bytes, rates.Of(tenant)), isOperator ? Disk() : null);
        return new RetentionBody(tenant, retention.Version, policy.Days, policy.Preset, policy.BytesMax, Warning(share), status);
    }

    private LastSweepBody? LastSweep(string tenant) =>
        sweep.LastOf(tenant) is { } last ? new(last.At, last.Dropped.Events, last.Dropped.Bytes, last.Problem) : null;

    /// <summary>Out of the service's own ledger, which outlives every start and every node.</summary>
    private async ValueTask<Result<LastDropBody?>> LastDropAsync(string tenant, CancellationToken cancellation)
    {
        var filter = new EventFilter { Conditions = [FieldCondition.Is(EventField.Operation, RetentionSweep.Operation), FieldCondition.Is(EventField.ResourceId, tenant)] };
        var page = await reader.ListAsync(AccessScope.WholeTenant(TenantName.System), new EventQuery { Filter = filter, Order = EventOrder.Sequence, Limit = 1 }, cancellation);
        if (!page.IsOk) return page.Problem;
        if (page.Value.Entries is not [var entry, ..]) return (LastDropBody?)null;
        var record = EventJson.Read(entry.Bytes.Span);
        return new LastDropBody(record.Time!.Value, Count(record, RetentionSweep.EventsLabel), Count(record, RetentionSweep.BytesLabel));
    }

    private static long Count(AuditEvent record, string label) =>
        record.Labels?.TryGetValue(label, out var text) == true && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    private static string? Warning(CapShare? share) => share switch
    {
        { IsFull: true } => "New events are refused: bytes_max is reached. Raise it, or keep events for fewer days.",
        { IsNear: true, Share: var part } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(part * 100)} % of bytes_max are taken; new events are refused when it is reached."),
        _ => null,
    };

    private DiskBody Disk()
    {
        var free = new DriveInfo(settings.Data).AvailableFreeSpace;
        return new(free, rates.All, FullAt(free, rates.All));
    }

    private Timestamp? FullAt(long? room, long? bytesPerDay)
    {
        if (room is not { } bytes || bytesPerDay is not > 0) return null;
        var days = Math.Max(0, bytes) / (double)bytesPerDay;
        return days <= DaysAheadMax ? Timestamp.FromDateTimeOffset(time.GetUtcNow().AddDays(days)) : null;
    }

    private async ValueTask<Result<OldestEventBody?>> OldestAsync(string tenant, CancellationToken cancellation)
    {
        var page = await reader.ListAsync(AccessScope.WholeTenant(tenant), new EventQuery { Order = EventOrder.Sequence, Descending = false, Limit = 1 }, cancellation);
        if (!page.IsOk) return page.Problem;
        if (page.Value.Entries is not [var entry, ..]) return (OldestEventBody?)null;
        var oldest = EventJson.Read(entry.Bytes.Span);
        return new OldestEventBody(entry.Sequence, oldest.Time, oldest.ReceivedAt);
    }
}
