using System.Buffers.Binary;
using System.Text;

namespace Domesday.Ingest.Journal;

/// <summary>One entry in the journal's export format: fields of bytes, of which several may have the same name.</summary>
/// <remarks>Source: systemd.io, «Journal Export Formats»: lines of NAME=value, or NAME, a length in 64 bits, little-endian, and as many bytes; an empty line ends an entry.</remarks>
internal static class JournalEntry
{
    private const int NameBytesMax = 64;

    private static readonly System.Buffers.SearchValues<byte> NameBytes = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"u8);

    /// <summary>Finds the end of the first entry.</summary>
    /// <returns>Its length, with the empty line behind it; 0 while it is not whole; -1 when there is none, and nothing behind it can be told apart.</returns>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; ;)
        {
            var length = FieldLength(bytes[at..], out _, out _);
            if (length <= 0) return length;
            at += length;
            if (at < bytes.Length && bytes[at] == '\n') return at + 1;
        }
    }

    /// <returns>Null for what is no entry.</returns>
    public static IReadOnlyList<(string Name, ReadOnlyMemory<byte> Value)>? TryRead(ReadOnlyMemory<byte> entry)
    {
        var fields = new List<(string, ReadOnlyMemory<byte>)>(32);
        while (!entry.IsEmpty && entry.Span[0] != '\n')
        {
            var length = FieldLength(entry.Span, out var name, out var value);
            if (length <= 0) return null;
            fields.Add((Encoding.ASCII.GetString(entry.Span[..name]), entry[value]));
            entry = entry[length..];
        }
        return fields.Count == 0 ? null : fields;
    }

    /// <returns>0 while the field is not whole, -1 when it is none.</returns>
    private static int FieldLength(ReadOnlySpan<byte> bytes, out int name, out Range value)
    {
        value = default;
        name = bytes.IndexOfAnyExcept(NameBytes);
        if (name < 0) return bytes.Length > NameBytesMax ? -1 : 0;
        if (name is 0 or > NameBytesMax) return -1;
        if (bytes[name] == '=')
        {
            var end = bytes[name..].IndexOf((byte)'\n');
            if (end < 0) return 0;
            value = (name + 1)..(name + end);
            return name + end + 1;
        }
        if (bytes[name] != '\n') return -1;
        var start = name + 1 + sizeof(ulong);
        if (bytes.Length < start) return 0;
        var length = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(name + 1)..]);
        if (length > int.MaxValue / 2) return -1;
        if (bytes.Length - start <= (int)length) return 0;
        value = start..(start + (int)length);
        return bytes[start + (int)length] == '\n' ? start + (int)length + 1 : -1;
    }
}
