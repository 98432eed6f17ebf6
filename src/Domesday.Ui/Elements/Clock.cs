using System.Globalization;
using Domesday.Events;

namespace Domesday.Ui.Elements;

/// <summary>Times as people read them, in the zone that they chose.</summary>
public static class Clock
{
    /// <param name="shortly">Without fractions of a second.</param>
    public static string Text(Timestamp time, TimeZoneInfo zone, bool shortly = false) =>
        TimeZoneInfo.ConvertTime(time.ToDateTimeOffset(), zone).ToString(shortly ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    public static string Day(Timestamp time, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(time.ToDateTimeOffset(), zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>What the zone is called beside times.</summary>
    public static string ZoneName(TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        return zone == TimeZoneInfo.Utc ? "UTC" : zone.Id.Replace('_', ' ');
    }

    /// <summary>How long ago, in one unit.</summary>
    public static string Ago(Timestamp time, DateTimeOffset now)
    {
        var span = now - time.ToDateTimeOffset();
        return span.TotalSeconds switch
        {
            < 0 => "in the future",
            < 60 => "less than a minute ago",
            < 3_600 => Said(span.TotalMinutes, "minute"),
            < 86_400 * 2 => Said(span.TotalHours, "hour"),
            _ => Said(span.TotalDays, "day"),
        };
    }

    /// <summary>How long something lasts, in one or two units: «4 s», «3 min», «2 h 5 min».</summary>
    public static string Span(double seconds) => (long)seconds switch
    {
        < 60 and var count => string.Create(CultureInfo.InvariantCulture, $"{count} s"),
        < 3_600 and var count => Pair(count, 60, "min", "s"),
        < 86_400 and var count => Pair(count / 60, 60, "h", "min"),
        var count => Pair(count / 3_600, 24, "d", "h"),
    };

    private static string Pair(long count, long each, string unit, string smaller) =>
        count % each == 0 ? string.Create(CultureInfo.InvariantCulture, $"{count / each} {unit}") : string.Create(CultureInfo.InvariantCulture, $"{count / each} {unit} {count % each} {smaller}");

    private static string Said(double count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{(long)count:N0} {unit}{((long)count == 1 ? "" : "s")} ago");
}
