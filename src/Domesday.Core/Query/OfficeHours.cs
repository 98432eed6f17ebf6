using System.Globalization;
using Domesday.Events;

namespace Domesday.Core.Query;

/// <summary>When people are at work: from one hour of the day to another, from Monday to Friday, by the clocks of a place.</summary>
public sealed class OfficeHours
{
    private const int ZoneCharsMax = 64;

    private readonly int _begin;
    private readonly int _end;
    private readonly TimeZoneInfo _zone;

    private OfficeHours(int begin, int end, TimeZoneInfo zone) => (_begin, _end, _zone) = (begin, end, zone);

    /// <param name="text"><c>8-18</c> in UTC, or <c>8-18@Europe/Berlin</c> with the IANA name of a time zone.</param>
    /// <returns>Null when it is no such span of hours, or the zone is not known to this machine.</returns>
    public static OfficeHours? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (hours, zoneName) = text.Split('@', 2) is [var before, var behind] ? (before, behind) : (text, "UTC");
        if (hours.Split('-') is not [var first, var last] || Hour(first) is not { } begin || Hour(last) is not { } end || begin >= end) return null;
        return Zone(zoneName) is { } zone ? new(begin, end, zone) : null;
    }

    /// <summary>Whether nobody is at work: before the first hour, from the last one on, and all of Saturday and Sunday.</summary>
    public bool IsOutside(Timestamp time)
    {
        var utc = time.ToDateTimeOffset().UtcDateTime;
        // The clocks of the first and of the last day that there is stop at its ends.
        var local = new DateTime(Math.Clamp(utc.Ticks + _zone.GetUtcOffset(utc).Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks));
        return local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || local.Hour < _begin || local.Hour >= _end;
    }

    private static int? Hour(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hour) && hour <= 24 ? hour : null;

    /// <summary>A name such as Windows has for zones says something else on another machine.</summary>
    private static TimeZoneInfo? Zone(string name)
    {
        if (name == "UTC") return TimeZoneInfo.Utc;
        return name.Length is > 0 and <= ZoneCharsMax && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId ? zone : null;
    }
}
