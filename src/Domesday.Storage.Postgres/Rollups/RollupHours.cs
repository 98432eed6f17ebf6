using Domesday.Storage.Postgres.Columns;

namespace Domesday.Storage.Postgres.Rollups;

/// <summary>Counts of a run of events, by the hour of their time.</summary>
internal sealed class RollupHours
{
    public const long MicrosecondsPerHour = 3_600_000_000;
    public const int HoursPerDay = 24;

    private static readonly int[] RolledPlaces = [.. Enumerable.Range(0, EventColumns.Coded.Count).Where(place => EventColumns.IsRolledUp(EventColumns.Coded[place]))];

    private readonly Dictionary<int, RollupCounts> _hours = [];

    public IReadOnlyDictionary<int, RollupCounts> Hours => _hours;

    public long Events { get; private set; }

    /// <summary>The hour that holds a moment, counted from 1970.</summary>
    public static int HourOf(long time) => (int)FloorDivide(time, MicrosecondsPerHour);

    public static int DayOf(int hour) => (int)FloorDivide(hour, HoursPerDay);

    /// <param name="codes">By place among <see cref="EventColumns.Coded"/>; 0 when absent.</param>
    /// <param name="sign">1 to count, -1 to take off.</param>
    public void Add(long time, ReadOnlySpan<int> codes, bool isFailure, int sign = 1)
    {
        var hour = HourOf(time);
        if (!_hours.TryGetValue(hour, out var counts)) _hours.Add(hour, counts = new());
        counts.Events += sign;
        if (isFailure) counts.Failures += sign;
        foreach (var place in RolledPlaces)
        {
            if (codes[place] != 0) counts.Add(codes[place], sign);
        }
        Events++;
    }

    public void Add(RollupHours other)
    {
        foreach (var (hour, counts) in other._hours)
        {
            if (!_hours.TryGetValue(hour, out var sum)) _hours.Add(hour, sum = new());
            sum.Add(counts);
        }
        Events += other.Events;
    }

    private static long FloorDivide(long value, long by) => value >= 0 ? value / by : (value - by + 1) / by;
}
