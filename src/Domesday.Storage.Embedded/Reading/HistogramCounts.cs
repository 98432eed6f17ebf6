using Domesday.Core.Query;
using Domesday.Events;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>Adds up events and failures by bucket.</summary>
internal sealed class HistogramCounts(HistogramInterval interval)
{
    private readonly SortedDictionary<long, (long Count, long Failures)> _buckets = [];
    private readonly long _width = interval.Microseconds();
    private long _from = long.MinValue;
    private long _count;
    private long _failures;

    public IReadOnlyList<HistogramBucket> Buckets
    {
        get
        {
            Settle();
            return [.. _buckets.Where(bucket => bucket.Value.Count > 0).Select(bucket => new HistogramBucket(new(bucket.Key), bucket.Value.Count, bucket.Value.Failures))];
        }
    }

    /// <param name="time">Any moment in the bucket, microseconds.</param>
    /// <param name="count">Negative to take back what was added.</param>
    public void Add(long time, long count, long failures)
    {
        // Neighbours mostly fall into one bucket.
        if (_from == long.MinValue || time < _from || time - _from >= _width)
        {
            Settle();
            _from = interval.Floor(new Timestamp(time)).Microseconds;
        }
        _count += count;
        _failures += failures;
    }

    private void Settle()
    {
        if (_count != 0 || _failures != 0)
        {
            var before = _buckets.GetValueOrDefault(_from);
            _buckets[_from] = (before.Count + _count, before.Failures + _failures);
        }
        (_count, _failures) = (0, 0);
    }
}
