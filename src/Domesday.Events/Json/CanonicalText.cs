using System.Text;

namespace Domesday.Events.Json;

/// <summary>From plain text to the content of a canonical JSON string and back.</summary>
public static class CanonicalText
{
    /// <summary>The content of the JSON string for this text, without quotes: what a <see cref="FieldSlice"/> of a text field shows.</summary>
    public static byte[] Escape(string text)
    {
        var output = new ByteBuffer(text.Length + 8);
        CanonicalString.WritePlain(Encoding.UTF8.GetBytes(text), output);
        return output.Written.ToArray();
    }

    /// <summary>The UTF-8 text that canonical string content stands for.</summary>
    public static byte[] Unescape(ReadOnlySpan<byte> content) => Encoding.UTF8.GetBytes(CanonicalString.Unescape(content));
}
