using System.Text;

namespace Domesday.Proxy.Wire;

/// <summary>The start line and the fields of a message, with the bytes that they came as.</summary>
internal sealed class MessageHead
{
    private readonly byte[] _bytes;
    private readonly List<FieldLine> _fields;

    public MessageHead(byte[] bytes, int startLineLength, List<FieldLine> fields) => (_bytes, StartLineLength, _fields) = (bytes, startLineLength, fields);

    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>With its line end.</summary>
    public int StartLineLength { get; }

    /// <summary>Of a request; empty in a response.</summary>
    public string Method { get; init; } = "";

    /// <summary>Of a request, as text: bytes that are no UTF-8 are percent-encoded.</summary>
    public string Target { get; init; } = "";

    /// <summary>Of a response; 0 in a request.</summary>
    public int Status { get; init; }

    /// <summary>0 for HTTP/1.0, 1 for HTTP/1.1.</summary>
    public int MinorVersion { get; init; }

    /// <summary>The first field of this name; null when there is none.</summary>
    public string? Field(string name)
    {
        foreach (var field in _fields)
        {
            if (field.Is(_bytes, name)) return Encoding.Latin1.GetString(field.Value(_bytes));
        }
        return null;
    }

    public int Count(string name) => _fields.Count(field => field.Is(_bytes, name));

    /// <summary>All elements of the lists that fields of this name hold.</summary>
    /// <remarks>Source: RFC 9110 §5.6.1.</remarks>
    public IEnumerable<string> Elements(string name) => _fields.Where(field => field.Is(_bytes, name))
        .SelectMany(field => Encoding.Latin1.GetString(field.Value(_bytes)).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    public bool HasElement(string name, string element) => Elements(name).Any(one => one.Equals(element, StringComparison.OrdinalIgnoreCase));

    /// <summary>The same head without some fields, and with another one.</summary>
    public byte[] Rewrite(Func<string, bool> drop, string? added)
    {
        using var rewritten = new MemoryStream(_bytes.Length + 64);
        rewritten.Write(_bytes, 0, StartLineLength);
        foreach (var field in _fields)
        {
            if (!drop(Encoding.ASCII.GetString(field.Name(_bytes)))) rewritten.Write(field.Line(_bytes));
        }
        if (added is not null) rewritten.Write(Encoding.Latin1.GetBytes(added + "\r\n"));
        rewritten.Write("\r\n"u8);
        return rewritten.ToArray();
    }
}

/// <summary>Where a field stands within its head.</summary>
internal readonly record struct FieldLine(int Start, int NameLength, int ValueStart, int ValueLength, int Length)
{
    public ReadOnlySpan<byte> Name(byte[] head) => head.AsSpan(Start, NameLength);

    public ReadOnlySpan<byte> Value(byte[] head) => head.AsSpan(ValueStart, ValueLength);

    public ReadOnlySpan<byte> Line(byte[] head) => head.AsSpan(Start, Length);

    public bool Is(byte[] head, string name) => Ascii.EqualsIgnoreCase(Name(head), name);
}
