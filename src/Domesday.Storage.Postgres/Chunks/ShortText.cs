using System.Buffers.Text;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Storage.Postgres.Columns;

namespace Domesday.Storage.Postgres.Chunks;

/// <summary>Values of entries made shorter before they are compressed. What comes back is the same to the byte.</summary>
/// <remarks>
/// A number of variable length stands first, whose two lowest bits say in which form: 0, so many bytes of text; 1, the value with this code in the ledger's dictionary; 2, so many bytes of text in which UUIDs stand as the byte 1 and their
/// sixteen bytes; 3, so many bytes written in hexadecimal digits. Canonical JSON writes control characters as escapes (RFC 8785 §3.2.2.2), so bytes below 32 are free to announce something.
/// </remarks>
internal static class ShortText
{
    private const byte Uuid = 1;
    private const int Text = 0;
    private const int Code = 1;
    private const int WithUuids = 2;
    private const int Hex = 3;
    private const int UuidLength = 36;
    private const int UuidBytes = 16;
    private const int HexMin = 16;

    public static void WriteNumber(ulong number, ByteBuffer output)
    {
        for (; number >= 0x80; number >>= 7) output.Append((byte)(number | 0x80));
        output.Append((byte)number);
    }

    /// <exception cref="CorruptLedgerException">The bytes end early.</exception>
    public static ulong ReadNumber(ref ReadOnlySpan<byte> input)
    {
        var value = 0UL;
        for (var i = 0; i < input.Length && i < 10; i++)
        {
            value |= (ulong)(input[i] & 0x7f) << 7 * i;
            if (input[i] >= 0x80) continue;
            input = input[(i + 1)..];
            return value;
        }
        throw EndsEarly();
    }

    public static void WriteCode(int code, ByteBuffer output) => WriteNumber((ulong)code << 2 | Code, output);

    /// <param name="scratch">Overwritten.</param>
    public static void Write(ReadOnlySpan<byte> value, ByteBuffer scratch, ByteBuffer output)
    {
        if (value.Length >= HexMin && value.Length % 2 == 0 && !value.ContainsAnyExcept(HexDigits))
        {
            WriteNumber((ulong)value.Length / 2 << 2 | Hex, output);
            Convert.FromHexString(value, output.Reserve(value.Length / 2), out _, out _);
            output.Advance(value.Length / 2);
            return;
        }
        scratch.Clear();
        var hasUuids = value.Length >= UuidLength && WriteUuids(value, scratch);
        var bytes = hasUuids ? scratch.Written : value;
        WriteNumber((ulong)bytes.Length << 2 | (uint)(hasUuids ? WithUuids : Text), output);
        output.Append(bytes);
    }

    /// <summary>Reads one value back, and moves on behind it.</summary>
    /// <returns>False when the dictionary has forgotten it.</returns>
    /// <exception cref="CorruptLedgerException">It is not what was written, or the dictionary lacks a code.</exception>
    public static bool TryRead(ref ReadOnlySpan<byte> input, LedgerCodes codes, ByteBuffer output)
    {
        var head = ReadNumber(ref input);
        var (form, number) = ((int)(head & 3), head >> 2);
        if (form == Code)
        {
            if (number < 1 || number > (ulong)codes.Known) throw new CorruptLedgerException("A dictionary lacks a code.");
            var value = codes.ValueOf((int)number).Value;
            output.Append(value);
            return value.Length > 0;
        }
        if (number > (ulong)input.Length) throw EndsEarly();
        var bytes = input[..(int)number];
        input = input[bytes.Length..];
        if (form == Text) output.Append(bytes);
        else if (form == WithUuids) ReadUuids(bytes, output);
        else
        {
            Convert.TryToHexStringLower(bytes, output.Reserve(2 * bytes.Length), out _);
            output.Advance(2 * bytes.Length);
        }
        return true;
    }

    private static System.Buffers.SearchValues<byte> HexDigits { get; } = System.Buffers.SearchValues.Create("0123456789abcdef"u8);

    /// <returns>Whether there was one.</returns>
    private static bool WriteUuids(ReadOnlySpan<byte> text, ByteBuffer output)
    {
        var found = false;
        for (var from = 0; text[from..].IndexOf((byte)'-') is >= 0 and var dash;)
        {
            // A UUID's first group has eight digits.
            var start = from + dash - 8;
            if (start < 0 || !TryReadUuid(text[start..], out var uuid))
            {
                from += dash + 1;
                continue;
            }
            output.Append(text[..start]);
            output.Append(Uuid);
            uuid.TryWriteBytes(output.Reserve(UuidBytes), bigEndian: true, out _);
            output.Advance(UuidBytes);
            text = text[(start + UuidLength)..];
            (from, found) = (0, true);
        }
        output.Append(text);
        return found;
    }

    /// <summary>Only as they are usually written, so that they can be written the same again.</summary>
    private static bool TryReadUuid(ReadOnlySpan<byte> text, out Guid uuid)
    {
        uuid = default;
        if (text.Length < UuidLength || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
        text = text[..UuidLength];
        return !text.ContainsAnyInRange((byte)'A', (byte)'F') && Utf8Parser.TryParse(text, out uuid, out var read) && read == UuidLength;
    }

    private static void ReadUuids(ReadOnlySpan<byte> input, ByteBuffer output)
    {
        while (input.IndexOf(Uuid) is >= 0 and var plain)
        {
            output.Append(input[..plain]);
            input = input[(plain + 1)..];
            if (input.Length < UuidBytes) throw EndsEarly();
            Utf8Formatter.TryFormat(new Guid(input[..UuidBytes], bigEndian: true), output.Reserve(UuidLength), out var written);
            output.Advance(written);
            input = input[UuidBytes..];
        }
        output.Append(input);
    }

    private static CorruptLedgerException EndsEarly() => new("A shortened entry ends early.");
}
