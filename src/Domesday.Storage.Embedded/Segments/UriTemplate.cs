using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Most request URIs name the resource that the event names too: a placeholder in its stead makes millions of URIs into some dozens.</summary>
internal static class UriTemplate
{
    private const int ValueBytesMin = 3;

    /// <summary>Placeholders are the bytes 1 to 4, which canonical text never holds. Longest values first would not help: the first match wins.</summary>
    private static readonly EventField[] Parts = [EventField.ResourceId, EventField.ResourceName, EventField.ResourceNamespace, EventField.ScopeProjectId];

    /// <summary>Writes the URI with the entry's own values replaced.</summary>
    public static void Shorten(ReadOnlySpan<byte> entry, ReadOnlySpan<FieldSlice> slices, ByteBuffer output)
    {
        output.Clear();
        output.Append(slices[(int)EventField.RequestUri].Of(entry));
        for (var i = 0; i < Parts.Length; i++)
        {
            var value = slices[(int)Parts[i]].Of(entry);
            if (value.Length < ValueBytesMin) continue;
            var at = IndexOfSegment(output.Written, value);
            if (at < 0) continue;
            var after = at + value.Length;
            output.Mutable(at, 1)[0] = (byte)(i + 1);
            output.Slice(after, output.Length - after).CopyTo(output.Mutable(at + 1, output.Length - after));
            output.Truncate(output.Length - value.Length + 1);
        }
    }

    /// <summary>Whether the bytes hold a placeholder.</summary>
    public static bool IsShort(ReadOnlySpan<byte> template) => template.ContainsAnyInRange((byte)1, (byte)Parts.Length);

    /// <summary>The field that a placeholder stands for.</summary>
    public static EventField FieldOf(byte placeholder) => Parts[placeholder - 1];

    /// <summary>The value as a whole path segment, or the whole value of a query parameter.</summary>
    private static int IndexOfSegment(ReadOnlySpan<byte> uri, ReadOnlySpan<byte> value)
    {
        for (var from = 0; from + value.Length <= uri.Length;)
        {
            var at = uri[from..].IndexOf(value);
            if (at < 0) return -1;
            at += from;
            var end = at + value.Length;
            if (at > 0 && uri[at - 1] is (byte)'/' or (byte)'=' && (end == uri.Length || uri[end] is (byte)'/' or (byte)'?' or (byte)'&' or (byte)'.')) return at;
            from = at + 1;
        }
        return -1;
    }
}
