namespace Domesday.Cli.Commands.Demo;

/// <summary>How many events fall into each hour of the month: machines always, people at work.</summary>
internal static class DemoHours
{
    public const int Count = 30 * 24;

    /// <summary>What machines do in an hour, compared with <see cref="PeopleAt"/>.</summary>
    private const int Machines = 40;

    private static readonly int[] OfDay = [1, 1, 1, 1, 1, 3, 12, 40, 85, 100, 100, 90, 60, 85, 100, 95, 80, 50, 20, 10, 8, 6, 3, 2];

    /// <summary>Events of each hour, which together are all.</summary>
    public static long[] Spread(DateTimeOffset start, long events)
    {
        var weights = new long[Count];
        for (var hour = 0; hour < Count; hour++) weights[hour] = Machines + PeopleAt(start.AddHours(hour));
        var total = weights.Sum();
        var counts = new long[Count];
        long passed = 0, given = 0;
        for (var hour = 0; hour < Count; hour++)
        {
            passed += weights[hour];
            counts[hour] = (long)((Int128)events * passed / total) - given;
            given += counts[hour];
        }
        return counts;
    }

    /// <summary>How many of a thousand events in this hour are people's.</summary>
    public static int PeoplePerMille(DateTimeOffset hour) => 1_000 * PeopleAt(hour) / (PeopleAt(hour) + Machines);

    private static int PeopleAt(DateTimeOffset hour) => hour.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? OfDay[hour.Hour] / 8 : OfDay[hour.Hour];
}
