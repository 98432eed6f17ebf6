using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Domesday.Events;

/// <summary>A moment in UTC with the precision that an event keeps: microseconds since 1970-01-01T00:00:00Z.</summary>
/// <param name="Microseconds">Microseconds since the Unix epoch; years 0001 to 9999.</param>
/// <remarks>Source of the text form: RFC 3339 §5.6. Written with exactly six digits of fraction and <c>Z</c>, so that texts sort as times do.</remarks>
[JsonConverter(typeof(TimestampJsonConverter))]
public readonly record struct Timestamp(long Microseconds) : IComparable<Timestamp>
{
    /// <summary>Length of the written form, in bytes: <c>2026-02-11T22:21:02.123456Z</c>.</summary>
    public const int TextLength = 27;

    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;

    public static Timestamp FromDateTimeOffset(DateTimeOffset time) => new((time.UtcTicks - DateTime.UnixEpoch.Ticks) / TicksPerMicrosecond);

    public DateTimeOffset ToDateTimeOffset() => new(DateTime.UnixEpoch.Ticks + Microseconds * TicksPerMicrosecond, TimeSpan.Zero);

    /// <summary>Writes the 27-byte form.</summary>
    /// <param name="destination">At least <see cref="TextLength"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        var time = new DateTime(DateTime.UnixEpoch.Ticks + Microseconds * TicksPerMicrosecond, DateTimeKind.Utc);
        var (date, clock) = (DateOnly.FromDateTime(time), TimeOnly.FromDateTime(time));
        Digits(destination, 0, 4, date.Year);
        destination[4] = (byte)'-';
        Digits(destination, 5, 2, date.Month);
        destination[7] = (byte)'-';
        Digits(destination, 8, 2, date.Day);
        destination[10] = (byte)'T';
        Digits(destination, 11, 2, clock.Hour);
        destination[13] = (byte)':';
        Digits(destination, 14, 2, clock.Minute);
        destination[16] = (byte)':';
        Digits(destination, 17, 2, clock.Second);
        destination[19] = (byte)'.';
        Digits(destination, 20, 6, (int)(clock.Ticks % TimeSpan.TicksPerSecond / TicksPerMicrosecond));
        destination[26] = (byte)'Z';
    }

    public override string ToString()
    {
        Span<byte> text = stackalloc byte[TextLength];
        Write(text);
        return System.Text.Encoding.ASCII.GetString(text);
    }

    /// <summary>Reads an RFC 3339 time: a date, <c>T</c>, a time of day, and <c>Z</c> or an offset.</summary>
    /// <param name="text">ASCII, without quotes.</param>
    /// <param name="reason">Why it was refused: no zone, finer than a microsecond, a leap second, out of range, or another form.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out Timestamp time, [NotNullWhen(false)] out string? reason)
    {
        time = default;
        reason = null;
        if (text.Length < 19 || !IsShape(text))
        {
            reason = "is not an RFC 3339 time, such as 2026-02-11T22:21:02.123456Z";
            return false;
        }
        var (year, month, day) = (Number(text, 0, 4), Number(text, 5, 2), Number(text, 8, 2));
        var (hour, minute, second) = (Number(text, 11, 2), Number(text, 14, 2), Number(text, 17, 2));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            reason = second == 60 ? "is a leap second, which has no place on the UTC time line: send second 59" : "names a day or a time of day that does not exist";
            return false;
        }
        var rest = text[19..];
        if (!TryFraction(ref rest, out var microseconds, out reason) || !TryOffset(rest, out var offsetMinutes, out reason)) return false;
        var ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks - offsetMinutes * TimeSpan.TicksPerMinute;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            reason = "lies outside the years 0001 to 9999 in UTC";
            return false;
        }
        time = new((ticks - DateTime.UnixEpoch.Ticks) / TicksPerMicrosecond + microseconds);
        return true;
    }

    public int CompareTo(Timestamp other) => Microseconds.CompareTo(other.Microseconds);

    public static bool operator <(Timestamp left, Timestamp right) => left.Microseconds < right.Microseconds;

    public static bool operator >(Timestamp left, Timestamp right) => left.Microseconds > right.Microseconds;

    public static bool operator <=(Timestamp left, Timestamp right) => left.Microseconds <= right.Microseconds;

    public static bool operator >=(Timestamp left, Timestamp right) => left.Microseconds >= right.Microseconds;

    private static bool IsShape(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < 19; i++)
        {
            var fits = i switch
            {
                4 or 7 => text[i] == '-',
                10 => text[i] is (byte)'T' or (byte)'t',
                13 or 16 => text[i] == ':',
                _ => char.IsAsciiDigit((char)text[i]),
            };
            if (!fits) return false;
        }
        return true;
    }

    private static bool TryFraction(ref ReadOnlySpan<byte> rest, out int microseconds, [NotNullWhen(false)] out string? reason)
    {
        (microseconds, reason) = (0, null);
        if (rest is not [(byte)'.', ..]) return true;
        var digits = 0;
        for (; digits + 1 < rest.Length && char.IsAsciiDigit((char)rest[digits + 1]); digits++)
        {
            var digit = rest[digits + 1] - '0';
            if (digits < 6) microseconds = microseconds * 10 + digit;
            else if (digit != 0)
            {
                reason = "is finer than a microsecond: round it to six digits of fraction (the full value may stand under raw)";
                return false;
            }
        }
        if (digits == 0)
        {
            reason = "has a point without digits after it";
            return false;
        }
        for (var i = digits; i < 6; i++) microseconds *= 10;
        rest = rest[(digits + 1)..];
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<byte> rest, out int minutes, [NotNullWhen(false)] out string? reason)
    {
        (minutes, reason) = (0, null);
        if (rest is [(byte)'Z' or (byte)'z']) return true;
        if (rest.IsEmpty)
        {
            reason = "has no zone: end it with Z or an offset such as +02:00";
            return false;
        }
        if (rest is not [(byte)'+' or (byte)'-', _, _, (byte)':', _, _] || !IsDigits(rest.Slice(1, 2)) || !IsDigits(rest.Slice(4, 2))
            || Number(rest, 1, 2) > 23 || Number(rest, 4, 2) > 59)
        {
            reason = "ends in something other than Z or an offset such as +02:00";
            return false;
        }
        minutes = (Number(rest, 1, 2) * 60 + Number(rest, 4, 2)) * (rest[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool IsDigits(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private static int Number(ReadOnlySpan<byte> text, int start, int length)
    {
        var value = 0;
        foreach (var digit in text.Slice(start, length)) value = value * 10 + (digit - '0');
        return value;
    }

    private static void Digits(Span<byte> destination, int start, int length, int value)
    {
        for (var i = start + length - 1; i >= start; i--, value /= 10) destination[i] = (byte)('0' + value % 10);
    }
}

/// <summary>Reads and writes a <see cref="Timestamp"/> as text; public, so that other assemblies' source-generated JSON can use it.</summary>
public sealed class TimestampJsonConverter : JsonConverter<Timestamp>
{
    public override Timestamp Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString() ?? "";
        return Timestamp.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var time, out var reason)
            ? time
            : throw new JsonException(string.Create(CultureInfo.InvariantCulture, $"The time '{text}' {reason}."));
    }

    public override void Write(Utf8JsonWriter writer, Timestamp value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[Timestamp.TextLength];
        value.Write(text);
        writer.WriteStringValue(text);
    }
}
