using System.Buffers;
using System.Globalization;
using Domesday.Events;
using Domesday.Http.Parameters;

namespace Domesday.Dialects.DockerUcp;

/// <summary>Moments as clients of the Engine API write them.</summary>
/// <remarks>
/// Unix seconds with up to nine digits of fraction, as the docker CLI sends; ISO 8601 in its many forms; and spans before now as Go writes durations
/// (<c>10m</c>, <c>1h30m</c>, <c>90s</c>), which the CLI turns into seconds but others do not. Empty and <c>0</c> say nothing. Source: Engine API 1.47, «ContainerLogs»;
/// docker CLI reference, «logs --since».
/// </remarks>
internal static class EngineTime
{
    private const long Second = 1_000_000;
    private const int CharsMax = 64;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly long FirstSecond = Timestamp.FromDateTimeOffset(DateTimeOffset.MinValue).Microseconds / Second;
    private static readonly long LastSecond = Timestamp.FromDateTimeOffset(DateTimeOffset.MaxValue).Microseconds / Second;

    /// <summary>Reads a moment to the nanosecond and rounds it down.</summary>
    /// <param name="time">Null when the text says nothing.</param>
    /// <param name="isExact">Whether rounding dropped nothing.</param>
    public static bool TryParse(string text, DateTimeOffset now, out Timestamp? time, out bool isExact)
    {
        (time, isExact) = (null, true);
        text = text.Trim();
        if (text.Length is 0 || text == "0") return true;
        if (text.Length > CharsMax) return false;
        if (TrySeconds(text, out var seconds, out isExact))
        {
            time = seconds;
            return true;
        }
        isExact = true;
        if (TryDuration(text, out var span))
        {
            var micros = (Int128)Timestamp.FromDateTimeOffset(now).Microseconds - span;
            if (micros < (Int128)FirstSecond * Second || micros > (Int128)LastSecond * Second) return false;
            time = new((long)micros);
            return true;
        }
        if (!LenientTime.TryParse(text, out var moment, out _)) return false;
        time = moment;
        return true;
    }

    private static bool TrySeconds(string text, out Timestamp time, out bool isExact)
    {
        (time, isExact) = (default, true);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? "" : text[(point + 1)..];
        if (!long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) || seconds < FirstSecond || seconds >= LastSecond) return false;
        if (point >= 0 && (fraction.Length is 0 or > 9 || !fraction.All(char.IsAsciiDigit))) return false;
        var nanos = fraction.Length == 0 ? 0 : int.Parse(fraction.PadRight(9, '0'), NumberStyles.None, CultureInfo.InvariantCulture);
        // As Go's time.Unix: the fraction is added, also to seconds before 1970.
        time = new(seconds * Second + nanos / 1_000);
        isExact = nanos % 1_000 == 0;
        return true;
    }

    /// <remarks>Source: Go, <c>time.ParseDuration</c>.</remarks>
    private static bool TryDuration(string text, out Int128 micros)
    {
        micros = 0;
        var rest = text.AsSpan();
        var sign = 1;
        if (rest[0] is '-' or '+')
        {
            sign = rest[0] == '-' ? -1 : 1;
            rest = rest[1..];
        }
        if (rest.IsEmpty) return false;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count > 1_000_000_000_000m) return false;
            rest = rest[digits..];
            var length = rest.IndexOfAny(Digits);
            var unit = length < 0 ? rest : rest[..length];
            if (UnitOf(unit) is not { } size) return false;
            micros += (Int128)(count * size);
            rest = rest[unit.Length..];
        }
        micros *= sign;
        return true;
    }

    /// <summary>Microseconds.</summary>
    private static decimal? UnitOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 0.001m,
        "us" or "µs" => 1m,
        "ms" => 1_000m,
        "s" => Second,
        "m" => 60m * Second,
        "h" => 3_600m * Second,
        _ => null,
    };
}
