namespace Domesday.Core.Reports;

/// <summary>The time that one report is about, in UTC.</summary>
/// <param name="To">Exclusive.</param>
/// <param name="Due">When it may be sent.</param>
public readonly record struct ReportPeriod(DateTimeOffset From, DateTimeOffset To, DateTimeOffset Due)
{
    public const string Day = "day";

    public const string Week = "week";

    public const string Month = "month";

    public static IReadOnlyList<string> Lengths { get; } = [Day, Week, Month];

    /// <summary>The last one whose report is due.</summary>
    /// <param name="every">One of <see cref="Lengths"/>.</param>
    /// <param name="hour">Hours between its end and its report.</param>
    public static ReportPeriod Last(string every, int hour, DateTimeOffset now)
    {
        var end = StartOf(every, now.AddHours(-hour));
        return new(StartOf(every, end.AddTicks(-1)), end, end.AddHours(hour));
    }

    /// <summary>The one after this.</summary>
    public ReportPeriod Next(string every)
    {
        var wait = Due - To;
        var end = StartOf(every, To.AddDays(every == Month ? 32 : every == Week ? 7 : 1));
        return new(To, end, end + wait);
    }

    /// <summary>The beginning of the day, week or month in which a moment lies.</summary>
    private static DateTimeOffset StartOf(string every, DateTimeOffset moment)
    {
        var day = new DateTimeOffset(moment.UtcDateTime.Date, TimeSpan.Zero);
        return every switch
        {
            Month => day.AddDays(1 - day.Day),
            Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
            _ => day,
        };
    }
}
