using System.Collections.Concurrent;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;

namespace Domesday.Core.Retention;

/// <summary>How fast ledgers grew during the last day: the day's events, at what an event of the ledger takes on average.</summary>
public sealed class GrowthRates(IEventStore store, IEventReader reader, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _bytesPerDay = new(StringComparer.Ordinal);

    /// <summary>Bytes a day, as last measured; null before that, and when it could not be.</summary>
    public long? Of(string tenant) => _bytesPerDay.TryGetValue(tenant, out var bytes) ? bytes : null;

    /// <summary>Of all ledgers together, bytes a day; null before the first measurement.</summary>
    public long? All => _bytesPerDay.IsEmpty ? null : _bytesPerDay.Values.Sum();

    public async ValueTask MeasureAsync(CancellationToken cancellation)
    {
        var day = new EventFilter { From = Timestamp.FromDateTimeOffset(time.GetUtcNow().AddDays(-1)) };
        foreach (var tenant in store.Tenants)
        {
            var usage = store.Usage(tenant);
            var count = await reader.CountAsync(AccessScope.WholeTenant(tenant), day, cancellation);
            if (!count.IsOk) _bytesPerDay.TryRemove(tenant, out _);
            else _bytesPerDay[tenant] = usage.Events > 0 ? (long)(usage.Bytes * ((double)count.Value / usage.Events)) : 0;
        }
    }
}
