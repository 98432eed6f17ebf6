using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Domesday.Events;

namespace Domesday.Http.Parameters;

/// <summary>Moments as people and programs write them in a URL.</summary>
/// <remarks>
/// RFC 3339, also with a space for the T, and for a plus sign that was not escaped; a date alone, which is its midnight in UTC; <c>now</c>; and moments
/// before now: <c>-90s</c>, <c>-15m</c>, <c>-24h</c>, <c>-7d</c>, <c>-2w</c>, with or without <c>now</c> before them.
/// </remarks>
public static class TimeText
{
    private const string Forms = "is not a time: write 2026-02-11T22:21:02Z, 2026-02-11, now, or -15m, -24h, -7d";

    public static bool TryParse(string text, DateTimeOffset now, out Timestamp time, [NotNullWhen(false)] out string? reason)
    {
        reason = null;
        var present = Timestamp.FromDateTimeOffset(now);
        if (text == "now")
        {
            time = present;
            return true;
        }
        var back = text.StartsWith("now", StringComparison.Ordinal) ? text[3..] : text;
        if (back.StartsWith('-')) return TryBack(back, present, out time, out reason);
        if (text.Length == 10) text += "T00:00:00Z";
        if (Timestamp.TryParse(Encoding.UTF8.GetBytes(Mended(text)), out time, out reason)) return true;
        if (reason.StartsWith("is not an RFC 3339", StringComparison.Ordinal)) reason = Forms;
        return false;
    }

    private static bool TryBack(string text, Timestamp now, out Timestamp time, [NotNullWhen(false)] out string? reason)
    {
        (time, reason) = (default, Forms);
        long? seconds = text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 7 * 86_400,
            _ => null,
        };
        if (seconds is null || !int.TryParse(text.AsSpan(1..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
        var micros = (Int128)now.Microseconds - (Int128)count * seconds.Value * 1_000_000;
        if (micros < Timestamp.FromDateTimeOffset(DateTimeOffset.MinValue).Microseconds)
        {
            reason = "lies before the year 0001";
            return false;
        }
        time = new((long)micros);
        reason = null;
        return true;
    }

    /// <summary>In a URL a plus sign that was not escaped arrives as a space; and people put one between date and time of day.</summary>
    private static string Mended(string text)
    {
        if (text.Length > 10 && text[10] == ' ') text = string.Concat(text.AsSpan(0, 10), "T", text.AsSpan(11));
        return text.Length > 24 && text[^6] == ' ' ? string.Concat(text.AsSpan(0, text.Length - 6), "+", text.AsSpan(text.Length - 5)) : text;
    }
}
