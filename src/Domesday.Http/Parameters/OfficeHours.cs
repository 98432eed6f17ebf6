using System.Globalization;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Schema;

namespace Domesday.Http.Parameters;

/// <summary>Events that happened when nobody is at work: <c>8-18</c> is before 08:00, from 18:00 on, and on Saturdays and Sundays, in UTC.</summary>
internal static class OfficeHours
{
    /// <summary>Longest span whose weekends are looked at.</summary>
    private const int DaysMax = 400;

    private const long Day = 86_400_000_000;

    /// <returns>Null when the text is no such span of hours.</returns>
    public static FieldCondition? Outside(string text, Timestamp? from, Timestamp? to, Timestamp now)
    {
        if (text.Split('-') is not [var first, var last] || Hour(first) is not { } begin || Hour(last) is not { } end || begin >= end) return null;
        // A time is compared as its text, 2026-02-11T22:21:02.123456Z: an hour is a part of it, and so is a date.
        var parts = Enumerable.Range(0, 24).Where(hour => hour < begin || hour >= end).Select(hour => string.Create(CultureInfo.InvariantCulture, $"T{hour:00}:"));
        return new FieldCondition(EventField.Time, MatchKind.Contains, [.. parts, .. Weekends(from, to ?? now)]);
    }

    private static IEnumerable<string> Weekends(Timestamp? from, Timestamp to)
    {
        var start = from is { } begin && to.Microseconds - begin.Microseconds < DaysMax * Day ? begin : new(to.Microseconds - DaysMax * Day);
        for (var day = start.ToDateTimeOffset().Date; day <= to.ToDateTimeOffset().Date; day = day.AddDays(1))
        {
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) yield return day.ToString("yyyy-MM-dd'T'", CultureInfo.InvariantCulture);
        }
    }

    private static int? Hour(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hour) && hour <= 24 ? hour : null;
}
