using System.Globalization;
using System.Text.RegularExpressions;
using Domesday.Events;

namespace Domesday.Http.Parameters;

/// <summary>Moments as the vendors' clients write them: ISO 8601 in its many forms.</summary>
/// <remarks>
/// A date with or without leading zeros; <c>T</c>, a space or nothing behind it; seconds and fractions that may be missing (finer than a microsecond is cut off);
/// <c>Z</c>, <c>+05:30</c>, <c>+0530</c>, <c>+05</c>, a space for a plus sign that was not escaped, or no zone at all, which is UTC.
/// </remarks>
public static partial class LenientTime
{
    private const long Second = 1_000_000;

    /// <param name="step">Length of the span that the text names, in microseconds: a day for a date, a second for a time without fraction.</param>
    public static bool TryParse(string text, out Timestamp time, out long step)
    {
        (time, step) = (default, 1);
        if (text.Length > 64 || Form().Match(text.Trim(' ')) is not { Success: true } match) return false;
        var (year, month, day) = (Number(match, 1), Number(match, 2), Number(match, 3));
        var (hour, minute, second) = (Number(match, 4), Number(match, 5), Number(match, 6));
        var dayAfter = hour == 24 && minute == 0 && second == 0;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || minute > 59 || second > 59 || hour > 23 && !dayAfter) return false;
        if (!TryOffset(match.Groups[8].Value, out var offsetMinutes)) return false;
        var ticks = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks
            + (((hour * 60L) + minute - offsetMinutes) * 60 + second) * TimeSpan.TicksPerSecond;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay) return false;
        var fraction = match.Groups[7].Value;
        var micros = fraction.Length == 0 ? 0 : int.Parse(fraction.PadRight(6, '0').AsSpan(0, 6), NumberStyles.None, CultureInfo.InvariantCulture);
        time = new((ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond + micros);
        step = !match.Groups[4].Success ? 86_400 * Second : !match.Groups[6].Success ? 60 * Second : StepOf(fraction.Length);
        return true;
    }

    private static long StepOf(int digits)
    {
        var step = Second;
        for (var i = 0; i < Math.Min(digits, 6); i++) step /= 10;
        return step;
    }

    private static int Number(Match match, int group) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    private static bool TryOffset(string text, out int minutes)
    {
        minutes = 0;
        if (text is "" or "Z" or "z") return true;
        var digits = text[1..].Replace(":", "", StringComparison.Ordinal);
        var hours = int.Parse(digits.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture);
        var rest = digits.Length == 4 ? int.Parse(digits.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        minutes = (hours * 60 + rest) * (text[0] == '-' ? -1 : 1);
        return hours <= 23 && rest <= 59;
    }

    // In a query a plus sign that was not escaped arrives as a space.
    [GeneratedRegex(@"^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,12}))?)?(Z|z|[+\- ][0-9]{2}(?::?[0-9]{2})?)?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
