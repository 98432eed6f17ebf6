using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Domesday.Events;

namespace Domesday.Dialects.UpCloud;

/// <summary>Identifiers of 26 characters: 48 bits of milliseconds since 1970 and 80 further bits, in Crockford's base 32.</summary>
/// <remarks>Source: the ULID specification, github.com/ulid/spec. Ours hold a mark of 16 bits and the event's sequence in the further bits.</remarks>
internal static class Ulid
{
    /// <summary>Characters of an identifier.</summary>
    public const int Length = 26;

    private const ulong Mark = 0xD0E5;
    private const long MillisecondsMax = (1L << 48) - 1;

    private static readonly SearchValues<byte> Letters = SearchValues.Create(Alphabet);

    private static ReadOnlySpan<byte> Alphabet => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"u8;

    /// <summary>Whether the text has the form, in upper case.</summary>
    public static bool IsUlid(ReadOnlySpan<byte> text) => text.Length == Length && text[0] <= '7' && !text.ContainsAnyExcept(Letters);

    /// <summary>The same for the same event, and in the order of time.</summary>
    public static string Of(Timestamp time, long sequence) => Encode(Milliseconds(time), Mark, (ulong)sequence);

    /// <inheritdoc cref="Of"/>
    /// <param name="text">Room for <see cref="Length"/> characters in ASCII.</param>
    public static void Write(Timestamp time, long sequence, Span<byte> text) => Write(Milliseconds(time), Mark, (ulong)sequence, text);

    /// <summary>For one use.</summary>
    public static string Random(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[10];
        RandomNumberGenerator.Fill(bytes);
        return Encode((ulong)now.ToUnixTimeMilliseconds(), BitConverter.ToUInt16(bytes), BitConverter.ToUInt64(bytes[2..]));
    }

    /// <summary>The sequence within an identifier that <see cref="Of"/> made. The caller must look whether the event there has it.</summary>
    public static bool TryReadSequence(string text, out long sequence)
    {
        sequence = -1;
        if (text.Length != Length || text[0] > '7') return false;
        UInt128 value = 0;
        foreach (var letter in text)
        {
            var digit = letter < 128 ? Alphabet.IndexOf((byte)letter) : -1;
            if (digit < 0) return false;
            value = value << 5 | (uint)digit;
        }
        if ((ulong)(value >> 64 & 0xFFFF) != Mark) return false;
        sequence = (long)(ulong)value;
        return sequence >= 0;
    }

    private static ulong Milliseconds(Timestamp time) => (ulong)Math.Clamp(time.Microseconds / 1_000, 0, MillisecondsMax);

    private static string Encode(ulong milliseconds, ulong mark, ulong rest)
    {
        Span<byte> text = stackalloc byte[Length];
        Write(milliseconds, mark, rest, text);
        return Encoding.ASCII.GetString(text);
    }

    /// <summary>Ten digits of time, and twice eight of what follows: each part fits a register.</summary>
    private static void Write(ulong milliseconds, ulong mark, ulong rest, Span<byte> text)
    {
        const int TimeDigits = 10;
        const int HalfDigits = 8;
        const int HalfBits = 5 * HalfDigits;
        Digits(milliseconds, text[..TimeDigits]);
        Digits(mark << 64 - HalfBits | rest >> HalfBits, text.Slice(TimeDigits, HalfDigits));
        Digits(rest, text.Slice(TimeDigits + HalfDigits, HalfDigits));
    }

    private static void Digits(ulong value, Span<byte> text)
    {
        for (var i = text.Length - 1; i >= 0; i--, value >>= 5) text[i] = Alphabet[(int)(value & 31)];
    }
}
