using System.Collections.Concurrent;
using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Storage;

namespace Domesday.Core.Retention;

/// <summary>Refuses a tenant's new events when what it keeps has reached its cap; nothing is dropped to make room.</summary>
/// <remarks>Measured once a second at most, so that a tenant may get beyond its cap by what it sends in a second.</remarks>
/// <param name="state">The newest state; asked with every append.</param>
public sealed class TenantCaps(IEventStore store, Func<ControlState> state, TimeProvider time)
{
    /// <summary>Share of the cap from which on it is warned.</summary>
    public const double WarnShare = 0.8;

    private static readonly TimeSpan MeasuredFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Measured> _measured = new(StringComparer.Ordinal);

    /// <summary>What the tenant's events take now, with its quarantine.</summary>
    public long BytesOf(string tenant) => store.Usage(tenant).Bytes + store.Usage(TenantName.QuarantineOf(tenant)).Bytes;

    /// <summary>How far the tenant is; null without a cap.</summary>
    public CapShare? Of(string tenant) => CapOf(tenant) is { } cap ? new(tenant, BytesOf(tenant), cap) : null;

    /// <summary>Tenants that are to be warned.</summary>
    public IReadOnlyList<CapShare> Near() =>
        [.. state().Retention.Keys.Select(tenant => CapOf(tenant) is { } cap ? new CapShare(tenant, Recent(tenant), cap) : default).Where(share => share.IsNear)];

    /// <summary>Why the ledger takes no events now; null when it does. What the service itself records of the tenant is always taken, such as who raised the cap.</summary>
    /// <param name="ledger">A tenant's own, or one beside it, such as its quarantine.</param>
    public Problem? Refusal(string ledger, string sourceKind)
    {
        if (sourceKind is ControlLedger.SourceKind or ServiceEventQueue.SourceKind) return null;
        var tenant = TenantName.OwnerOf(ledger);
        if (CapOf(tenant) is not { } cap || Recent(tenant) is var bytes && bytes < cap) return null;
        return new(ProblemKind.Unavailable, string.Create(CultureInfo.InvariantCulture,
            $"The tenant '{tenant}' keeps {bytes} bytes of events and may keep {cap}: it takes no more, and drops none to make room. Raise bytes_max, or keep events for fewer days, with PUT /audit/v1/retention."), RetryAfter: RetryAfter);
    }

    private long? CapOf(string tenant) => tenant != TenantName.System && state().Retention.TryGetValue(tenant, out var record) ? record.Policy.BytesMax : null;

    private long Recent(string tenant)
    {
        var now = time.GetTimestamp();
        if (_measured.TryGetValue(tenant, out var last) && time.GetElapsedTime(last.At, now) < MeasuredFor) return last.Bytes;
        var bytes = BytesOf(tenant);
        _measured[tenant] = new(now, bytes);
        return bytes;
    }

    private readonly record struct Measured(long At, long Bytes);
}

/// <summary>What a tenant keeps, of what it may.</summary>
public readonly record struct CapShare(string Tenant, long Bytes, long BytesMax)
{
    /// <summary>1 is full.</summary>
    public double Share => BytesMax == 0 ? 0 : (double)Bytes / BytesMax;

    public bool IsNear => Share >= TenantCaps.WarnShare;

    public bool IsFull => BytesMax > 0 && Bytes >= BytesMax;
}
