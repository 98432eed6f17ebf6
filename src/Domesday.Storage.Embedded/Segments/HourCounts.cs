using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Events and failures of each hour: histograms over whole segments need nothing else.</summary>
internal sealed class HourCounts
{
    private readonly SortedDictionary<long, (int Count, int Failures)> _hours = [];

    public IEnumerable<HistogramBucket> Buckets => _hours.Select(hour => new HistogramBucket(new(hour.Key * Hour), hour.Value.Count, hour.Value.Failures));

    private static long Hour => HistogramInterval.Hour.Microseconds();

    public void Add(long time, bool failed)
    {
        var hour = HistogramInterval.Hour.Floor(new Timestamp(time)).Microseconds / Hour;
        var before = _hours.GetValueOrDefault(hour);
        _hours[hour] = (before.Count + 1, before.Failures + (failed ? 1 : 0));
    }

    public void Add(HourCounts other)
    {
        foreach (var (hour, counts) in other._hours)
        {
            var before = _hours.GetValueOrDefault(hour);
            _hours[hour] = (before.Count + counts.Count, before.Failures + counts.Failures);
        }
    }

    public void Write(ByteBuffer output)
    {
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
}
