using System.Buffers;
using System.Security.Cryptography;
using Domesday.Events;

namespace Domesday.Dialects.UpCloud;

/// <summary>Identifiers of 26 characters: 48 bits of milliseconds since 1970 and 80 further bits, in Crockford's base 32.</summary>
/// <remarks>Source: the ULID specification, github.com/ulid/spec. Ours hold a mark of 16 bits and the event's sequence in the further bits.</remarks>
internal static class Ulid
{
    private const int Length = 26;
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const ulong Mark = 0xD0E5;
    private const long MillisecondsMax = (1L << 48) - 1;

    private static readonly SearchValues<byte> Letters = SearchValues.Create("0123456789ABCDEFGHJKMNPQRSTVWXYZ"u8);

    /// <summary>Whether the text has the form, in upper case.</summary>
    public static bool IsUlid(ReadOnlySpan<byte> text) => text.Length == Length && text[0] <= '7' && !text.ContainsAnyExcept(Letters);

    /// <summary>The same for the same event, and in the order of time.</summary>
    public static string Of(Timestamp time, long sequence) => Encode(Milliseconds(time), Mark, (ulong)sequence);

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
            var digit = Alphabet.IndexOf(letter, StringComparison.Ordinal);
            if (digit < 0) return false;
            value = value << 5 | (uint)digit;
        }
        if ((ulong)(value >> 64 & 0xFFFF) != Mark) return false;
        sequence = (long)(ulong)value;
        return sequence >= 0;
    }

    private static ulong Milliseconds(Timestamp time) => (ulong)Math.Clamp(time.Microseconds / 1_000, 0, MillisecondsMax);

    private static string Encode(ulong milliseconds, ulong mark, ulong rest) => string.Create(Length, (UInt128)milliseconds << 80 | (UInt128)mark << 64 | rest, (text, value) =>
    {
        for (var i = Length - 1; i >= 0; i--, value >>= 5) text[i] = Alphabet[(int)(uint)(value & 31)];
    });
}
