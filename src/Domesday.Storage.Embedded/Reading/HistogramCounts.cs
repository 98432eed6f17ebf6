using Domesday.Core.Query;
using Domesday.Events;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>Adds up events and failures by bucket.</summary>
internal sealed class HistogramCounts(HistogramInterval interval)
{
    private readonly SortedDictionary<long, (long Count, long Failures)> _buckets = [];

    public IReadOnlyList<HistogramBucket> Buckets => [.. _buckets.Select(bucket => new HistogramBucket(new(bucket.Key), bucket.Value.Count, bucket.Value.Failures))];

    /// <param name="time">Any moment in the bucket, microseconds.</param>
    public void Add(long time, long count, long failures)
    {
        if (count == 0) return;
        var from = interval.Floor(new Timestamp(time)).Microseconds;
        var before = _buckets.GetValueOrDefault(from);
        _buckets[from] = (before.Count + count, before.Failures + failures);
    }
}
