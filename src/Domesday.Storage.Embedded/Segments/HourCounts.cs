using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Events and failures of each hour: histograms over whole segments need nothing else.</summary>
internal sealed class HourCounts
{
    private static readonly long Hour = HistogramInterval.Hour.Microseconds();

    private readonly SortedDictionary<long, (int Count, int Failures)> _hours = [];
    private long _last;
    private (int Count, int Failures) _lastCounts;

    public IEnumerable<HistogramBucket> Buckets
    {
        get
        {
            Settle();
            return _hours.Select(hour => new HistogramBucket(new(hour.Key * Hour), hour.Value.Count, hour.Value.Failures));
        }
    }

    public void Add(long time, bool failed)
    {
        // Neighbours mostly fall into one hour.
        if (time < _last * Hour || time >= (_last + 1) * Hour)
        {
            Settle();
            _last = HistogramInterval.Hour.Floor(new Timestamp(time)).Microseconds / Hour;
        }
        _lastCounts = (_lastCounts.Count + 1, _lastCounts.Failures + (failed ? 1 : 0));
    }

    /// <summary>Takes back one event that was added.</summary>
    public void Take(long time, bool failed)
    {
        Settle();
        var hour = HistogramInterval.Hour.Floor(new Timestamp(time)).Microseconds / Hour;
        var (count, failures) = _hours[hour];
        if (count == 1) _hours.Remove(hour);
        else _hours[hour] = (count - 1, failures - (failed ? 1 : 0));
    }

    public void Add(HourCounts other)
    {
        other.Settle();
        foreach (var (hour, counts) in other._hours)
        {
            var before = _hours.GetValueOrDefault(hour);
            _hours[hour] = (before.Count + counts.Count, before.Failures + counts.Failures);
        }
    }

    public void Write(ByteBuffer output)
    {
        Settle();
        output.WriteInt32(_hours.Count);
        foreach (var (hour, counts) in _hours)
        {
            output.WriteInt64(hour);
            output.WriteVarint((ulong)counts.Count);
            output.WriteVarint((ulong)counts.Failures);
        }
    }

    public static HourCounts Read(ReadOnlySpan<byte> bytes)
    {
        var counts = new HourCounts();
        var reader = new WireReader(bytes);
        for (var left = reader.Int32(); left > 0; left--) counts._hours.Add(reader.Int64(), ((int)reader.Varint(), (int)reader.Varint()));
        return counts;
    }

    private void Settle()
    {
        if (_lastCounts.Count == 0) return;
        var before = _hours.GetValueOrDefault(_last);
        _hours[_last] = (before.Count + _lastCounts.Count, before.Failures + _lastCounts.Failures);
        _lastCounts = default;
    }
}
