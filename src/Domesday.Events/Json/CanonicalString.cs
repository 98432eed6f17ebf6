using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Domesday.Events.Json;

/// <summary>Strings in the form of RFC 8785 §3.2.2.2: shortest escapes, everything else as UTF-8.</summary>
internal static class CanonicalString
{
    private static ReadOnlySpan<byte> Hex => "0123456789abcdef"u8;

    /// <summary>Writes the content of a JSON string that contains escapes, without quotes.</summary>
    /// <param name="escaped">What stands between the quotes, checked for the grammar of RFC 8259 §7 and for valid UTF-8.</param>
    /// <returns>Null, or why it is refused.</returns>
    public static string? WriteEscaped(ReadOnlySpan<byte> escaped, ByteBuffer output)
    {
        while (!escaped.IsEmpty)
        {
            var escape = escaped.IndexOf((byte)'\\');
            if (escape < 0)
            {
                output.Append(escaped);
                break;
            }
            output.Append(escaped[..escape]);
            escaped = escaped[escape..];
            var fault = WriteOne(ref escaped, output);
            if (fault is not null) return fault;
        }
        return null;
    }

    /// <summary>Writes plain text (valid UTF-8, unescaped), without quotes.</summary>
    public static void WritePlain(ReadOnlySpan<byte> text, ByteBuffer output)
    {
        foreach (var value in text)
        {
            if (value < 0x20 || value is (byte)'"' or (byte)'\\') WriteRune(value, output);
            else output.Append(value);
        }
    }

    /// <summary>The text that canonical string content stands for.</summary>
    public static string Unescape(ReadOnlySpan<byte> canonical)
    {
        if (!canonical.Contains((byte)'\\')) return Encoding.UTF8.GetString(canonical);
        var text = new StringBuilder(canonical.Length);
        while (!canonical.IsEmpty)
        {
            var escape = canonical.IndexOf((byte)'\\');
            if (escape < 0) escape = canonical.Length;
            text.Append(Encoding.UTF8.GetString(canonical[..escape]));
            canonical = canonical[escape..];
            if (canonical.IsEmpty) break;
            text.Append((char)Decode(canonical, out var length));
            canonical = canonical[length..];
        }
        return text.ToString();
    }

    private static string? WriteOne(ref ReadOnlySpan<byte> escaped, ByteBuffer output)
    {
        var unit = Decode(escaped, out var length);
        escaped = escaped[length..];
        if (unit == 0) return "contains the character NUL";
        if (!char.IsSurrogate((char)unit))
        {
            WriteRune(unit, output);
            return null;
        }
        if (!char.IsHighSurrogate((char)unit) || escaped is not [(byte)'\\', (byte)'u', ..]) return LoneSurrogate;
        var low = Decode(escaped, out length);
        if (!char.IsLowSurrogate((char)low)) return LoneSurrogate;
        escaped = escaped[length..];
        WriteRune(char.ConvertToUtf32((char)unit, (char)low), output);
        return null;
    }

    private const string LoneSurrogate = "contains half of a surrogate pair, which is not a character";

    private static int Decode(ReadOnlySpan<byte> escaped, out int length)
    {
        length = escaped[1] == 'u' ? 6 : 2;
        return escaped[1] switch
        {
            (byte)'b' => '\b',
            (byte)'t' => '\t',
            (byte)'n' => '\n',
            (byte)'f' => '\f',
            (byte)'r' => '\r',
            (byte)'u' => int.Parse(escaped.Slice(2, 4), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture),
            var self => self,
        };
    }

    [SuppressMessage("Style", "IDE0010", Justification = "Everything else is written as it is.")]
    private static void WriteRune(int rune, ByteBuffer output)
    {
        switch (rune)
        {
            case '"': output.Append("\\\""u8); return;
            case '\\': output.Append("\\\\"u8); return;
            case '\b': output.Append("\\b"u8); return;
            case '\t': output.Append("\\t"u8); return;
            case '\n': output.Append("\\n"u8); return;
            case '\f': output.Append("\\f"u8); return;
            case '\r': output.Append("\\r"u8); return;
        }
        if (rune < 0x20)
        {
            output.Append("\\u00"u8);
            output.Append(Hex[rune >> 4]);
            output.Append(Hex[rune & 15]);
            return;
        }
        output.Advance(new Rune(rune).EncodeToUtf8(output.Reserve(4)));
    }
}
