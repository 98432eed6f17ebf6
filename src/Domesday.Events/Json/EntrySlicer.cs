using Domesday.Events.Schema;

namespace Domesday.Events.Json;

/// <summary>Where each field's value lies within a canonical entry.</summary>
/// <param name="Start">Of texts: behind the opening quote. Of everything else: the first byte.</param>
/// <param name="Length">0 when the field is absent.</param>
public readonly record struct FieldSlice(int Start, int Length)
{
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> entry) => entry.Slice(Start, Length);
}

/// <summary>Finds the fields of a canonical entry without building objects.</summary>
public static class EntrySlicer
{
    /// <summary>Slices an entry that this service composed.</summary>
    /// <param name="entry">Canonical bytes.</param>
    /// <param name="slices"><see cref="EventSchema.Count"/> places; texts come without quotes, escapes as they stand.</param>
    /// <exception cref="FormatException">The bytes are not a canonical entry.</exception>
    public static void Slice(ReadOnlySpan<byte> entry, Span<FieldSlice> slices)
    {
        slices[..EventSchema.Count].Clear();
        if (entry is not [(byte)'{', ..] || SliceObject(entry, 1, EventSchema.Root, slices) != entry.Length) throw NotCanonical();
    }

    /// <summary>Whether the slices of this field leave out quotes.</summary>
    public static bool IsQuoted(FieldKind kind) => kind is FieldKind.Text or FieldKind.Word or FieldKind.OneOf or FieldKind.Time or FieldKind.Address;

    private static int SliceObject(ReadOnlySpan<byte> entry, int position, SchemaNode node, Span<FieldSlice> slices)
    {
        var next = 0;
        while (true)
        {
            var nameLength = entry[(position + 1)..].IndexOf((byte)'"');
            if (nameLength < 0) throw NotCanonical();
            var index = node.IndexOf(entry.Slice(position + 1, nameLength), next);
            if (index < 0) throw NotCanonical();
            next = index + 1;
            position += nameLength + 3;
            var child = node.Children[index];
            if (child.Field is { } field)
            {
                var end = EndOfValue(entry, position);
                slices[(int)field.Field] = IsQuoted(field.Kind) ? new(position + 1, end - position - 2) : new(position, end - position);
                position = end;
            }
            else
            {
                position = SliceObject(entry, position + 1, child, slices);
            }
            if (position >= entry.Length) throw NotCanonical();
            if (entry[position++] == '}') return position;
        }
    }

    /// <summary>The position behind the JSON value that begins at <paramref name="position"/>.</summary>
    private static int EndOfValue(ReadOnlySpan<byte> entry, int position)
    {
        switch (entry[position])
        {
            case (byte)'"': return EndOfString(entry, position);
            case (byte)'{' or (byte)'[': return EndOfNested(entry, position);
            default:
                var length = entry[position..].IndexOfAny((byte)',', (byte)'}');
                return length < 0 ? throw NotCanonical() : position + length;
        }
    }

    private static int EndOfString(ReadOnlySpan<byte> entry, int position)
    {
        for (position++; ; position += 2)
        {
            var length = entry[position..].IndexOfAny((byte)'"', (byte)'\\');
            if (length < 0) throw NotCanonical();
            position += length;
            if (entry[position] == '"') return position + 1;
        }
    }

    private static int EndOfNested(ReadOnlySpan<byte> entry, int position)
    {
        var depth = 0;
        while (true)
        {
            var length = entry[position..].IndexOfAny("\"{}[]"u8);
            if (length < 0) throw NotCanonical();
            position += length;
            switch (entry[position])
            {
                case (byte)'"':
                    position = EndOfString(entry, position);
                    continue;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    if (--depth == 0) return position + 1;
                    break;
            }
            position++;
        }
    }

    private static FormatException NotCanonical() => new("The bytes are not a canonical entry.");
}
