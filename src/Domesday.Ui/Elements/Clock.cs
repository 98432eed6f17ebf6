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

    private static string Said(double count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{(long)count:N0} {unit}{((long)count == 1 ? "" : "s")} ago");
}
