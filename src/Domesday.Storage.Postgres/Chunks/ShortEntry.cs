using System.Buffers.Text;
using System.Globalization;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Storage.Postgres.Columns;

namespace Domesday.Storage.Postgres.Chunks;

/// <summary>Canonical entries made shorter before they are compressed: values of the ledger's dictionary by their code, UUIDs in sixteen bytes. What comes back is the same to the byte.</summary>
/// <remarks>Canonical JSON writes control characters as escapes (RFC 8785 §3.2.2.2), so bytes below 32 are free to announce what stands for something longer.</remarks>
internal static class ShortEntry
{
    private const byte Uuid = 1;
    private const byte Code = 2;
    private const int UuidLength = 36;
    private const int UuidBytes = 16;

    /// <param name="codes">By place among <see cref="EventColumns.Coded"/>; 0 when the field is absent.</param>
    /// <param name="slices">Where the entry's fields lie.</param>
    public static void Write(ReadOnlySpan<byte> entry, ReadOnlySpan<FieldSlice> slices, ReadOnlySpan<int> codes, ByteBuffer output)
    {
        var written = 0;
        // Fields and columns are both in the order of the canonical form.
        for (var place = 0; place < codes.Length; place++)
        {
            if (codes[place] == 0) continue;
            var slice = slices[(int)EventColumns.Coded[place]];
            WritePlain(entry[written..slice.Start], output);
            output.Append(Code);
            var code = (uint)codes[place];
            for (; code >= 0x80; code >>= 7) output.Append((byte)(code | 0x80));
            output.Append((byte)code);
            written = slice.Start + slice.Length;
        }
        WritePlain(entry[written..], output);
    }

    /// <exception cref="CorruptLedgerException">They are not what <see cref="Write"/> wrote, or the dictionary lacks a code.</exception>
    public static byte[] Read(ReadOnlySpan<byte> shortened, LedgerCodes codes, ByteBuffer output)
    {
        output.Clear();
        while (shortened.IndexOfAny(Uuid, Code) is >= 0 and var plain)
        {
            output.Append(shortened[..plain]);
            var mark = shortened[plain];
            shortened = shortened[(plain + 1)..];
            shortened = mark == Uuid ? ReadUuid(shortened, output) : ReadCode(shortened, codes, output);
        }
        output.Append(shortened);
        return output.Written.ToArray();
    }

    private static void WritePlain(ReadOnlySpan<byte> text, ByteBuffer output)
    {
        for (var from = 0; ;)
        {
            var dash = text[from..].IndexOf((byte)'-');
            if (dash < 0) break;
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
            from = 0;
        }
        output.Append(text);
    }

    /// <summary>Only as they are usually written, so that they can be written the same again.</summary>
    private static bool TryReadUuid(ReadOnlySpan<byte> text, out Guid uuid)
    {
        uuid = default;
        if (text.Length < UuidLength || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
        text = text[..UuidLength];
        return !text.ContainsAnyInRange((byte)'A', (byte)'F') && Utf8Parser.TryParse(text, out uuid, out var read) && read == UuidLength;
    }

    private static ReadOnlySpan<byte> ReadUuid(ReadOnlySpan<byte> input, ByteBuffer output)
    {
        if (input.Length < UuidBytes) throw new CorruptLedgerException("A shortened entry ends early.");
        Utf8Formatter.TryFormat(new Guid(input[..UuidBytes], bigEndian: true), output.Reserve(UuidLength), out var written);
        output.Advance(written);
        return input[UuidBytes..];
    }

    private static ReadOnlySpan<byte> ReadCode(ReadOnlySpan<byte> input, LedgerCodes codes, ByteBuffer output)
    {
        var code = 0;
        for (var i = 0; i < input.Length && i < 5; i++)
        {
            code |= (input[i] & 0x7f) << 7 * i;
            if (input[i] >= 0x80) continue;
            if (code < 1 || code > codes.Known) throw new CorruptLedgerException(string.Create(CultureInfo.InvariantCulture, $"A dictionary lacks the code {code}."));
            output.Append(codes.ValueOf(code).Value);
            return input[(i + 1)..];
        }
        throw new CorruptLedgerException("A shortened entry ends early.");
    }
}
