using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Domesday.Proxy.Wire;

/// <summary>Reads the head of a message, strictly: what another reader could take for something else is refused, so that nothing passes that was not seen.</summary>
/// <remarks>Source: RFC 9112 §2 to §5.</remarks>
internal static class HeadParser
{
    /// <summary>Longest head, in bytes.</summary>
    public const int HeadBytesMax = 64 * 1024;

    /// <summary>Most fields in a head.</summary>
    public const int FieldsMax = 256;

    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> ControlBytes = SearchValues.Create([.. Enumerable.Range(0, 32).Where(value => value != '\t').Select(value => (byte)value), 0x7F]);

    /// <summary>Length of the head at the beginning of <paramref name="bytes"/>, with the empty line at its end; -1 while it is not whole.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        return end < 0 ? -1 : end + 4;
    }

    /// <exception cref="WireException">It is no head of a request.</exception>
    public static MessageHead Request(ReadOnlySpan<byte> head)
    {
        var line = FirstLine(head, out var length);
        var methodEnd = line.IndexOf((byte)' ');
        var targetEnd = line.LastIndexOf((byte)' ');
        if (methodEnd <= 0 || targetEnd <= methodEnd + 1 || methodEnd > 32) throw new WireException(400, "The request line is none.");
        var method = line[..methodEnd];
        var target = line[(methodEnd + 1)..targetEnd];
        if (method.ContainsAnyExcept(TokenBytes)) throw new WireException(400, "The method is no token.");
        if (target.IndexOfAny(ControlBytes) >= 0 || target.IndexOfAny((byte)' ', (byte)'\t', (byte)'#') >= 0) throw new WireException(400, "The target has spaces, control characters or a fragment.");
        var bytes = head.ToArray();
        return new(bytes, length, Fields(bytes, length)) { Method = Encoding.ASCII.GetString(method), Target = TextOf(target), MinorVersion = Minor(line[(targetEnd + 1)..]) };
    }

    /// <exception cref="WireException">It is no head of a response.</exception>
    public static MessageHead Response(ReadOnlySpan<byte> head)
    {
        var line = FirstLine(head, out var length);
        if (line.Length < 12 || line[8] != ' ' || (line.Length > 12 && line[12] != ' ') || line.Slice(9, 3).ContainsAnyExceptInRange((byte)'0', (byte)'9') || line[9] == '0')
            throw new WireException(502, "The upstream's status line is none.");
        var status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
        var bytes = head.ToArray();
        return new(bytes, length, Fields(bytes, length)) { Status = status, MinorVersion = Minor(line[..8]) };
    }

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> head, out int length)
    {
        var end = head.IndexOf((byte)'\n');
        if (end < 1 || head[end - 1] != '\r') throw new WireException(400, "The first line does not end in CR LF.");
        length = end + 1;
        return head[..(end - 1)];
    }

    private static int Minor(ReadOnlySpan<byte> version)
    {
        if (version.SequenceEqual("HTTP/1.1"u8)) return 1;
        if (version.SequenceEqual("HTTP/1.0"u8)) return 0;
        throw new WireException(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    }

    private static List<FieldLine> Fields(byte[] head, int start)
    {
        var fields = new List<FieldLine>(16);
        while (true)
        {
            var rest = head.AsSpan(start);
            var end = rest.IndexOf((byte)'\n');
            if (end < 1 || rest[end - 1] != '\r') throw new WireException(400, "A field does not end in CR LF.");
            if (end == 1) return fields;
            var line = rest[..(end - 1)];
            var colon = line.IndexOf((byte)':');
            // No name before the colon covers folded lines too, which begin with a space.
            if (colon <= 0 || line[..colon].ContainsAnyExcept(TokenBytes)) throw new WireException(400, "A field has no name, or one with spaces.");
            if (line.IndexOfAny(ControlBytes) >= 0) throw new WireException(400, "A field has control characters.");
            if (fields.Count == FieldsMax) throw new WireException(431, $"The head has more than {FieldsMax} fields.");
            var value = line[(colon + 1)..];
            var leading = value.IndexOfAnyExcept((byte)' ', (byte)'\t');
            var (valueStart, valueLength) = leading < 0 ? (start + colon + 1, 0) : (start + colon + 1 + leading, value[leading..].TrimEnd(" \t"u8).Length);
            fields.Add(new(start, colon, valueStart, valueLength, end + 1));
            start += end + 1;
        }
    }

    private static string TextOf(ReadOnlySpan<byte> target)
    {
        if (Utf8.IsValid(target)) return Encoding.UTF8.GetString(target);
        var text = new StringBuilder(target.Length * 2);
        foreach (var unit in target)
        {
            if (unit < 0x80) text.Append((char)unit);
            else text.Append('%').Append(unit.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }
}
