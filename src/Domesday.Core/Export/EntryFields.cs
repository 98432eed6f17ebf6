using System.Text;
using System.Text.Json;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>The fields of one entry after the other, found without building objects.</summary>
public sealed class EntryFields
{
    private readonly FieldSlice[] _slices = new FieldSlice[EventSchema.Count];
    private ReadOnlyMemory<byte> _bytes;

    public long Sequence { get; private set; }

    /// <summary>When it happened.</summary>
    public Timestamp Time => Timestamp.TryParse(Raw(EventField.Time), out var time, out _) ? time : throw new FormatException("The entry has no time.");

    /// <summary>The entry as the ledger keeps it.</summary>
    public ReadOnlySpan<byte> Whole => _bytes.Span;

    /// <param name="entry">Must stay valid until the next call.</param>
    public void Read(in StoredEntry entry)
    {
        _bytes = entry.Bytes;
        Sequence = entry.Sequence;
        EntrySlicer.Slice(_bytes.Span, _slices);
    }

    public bool Has(EventField field) => _slices[(int)field].Length > 0;

    /// <summary>As it stands in the entry: texts without quotes but with their escapes, everything else as JSON; empty when absent.</summary>
    public ReadOnlySpan<byte> Raw(EventField field) => _slices[(int)field].Of(_bytes.Span);

    /// <summary>As <see cref="Raw(EventField)"/>, or the second field when the first is absent.</summary>
    public ReadOnlySpan<byte> Raw(EventField field, EventField otherwise) => Has(field) ? Raw(field) : Raw(otherwise);

    /// <summary>The text itself; null when absent.</summary>
    public string? Text(EventField field) => Has(field) ? Encoding.UTF8.GetString(CanonicalText.Unescape(Raw(field))) : null;

    /// <summary>A text field's exact value, compared without building a string.</summary>
    /// <param name="value">Without anything that JSON escapes.</param>
    public bool Is(EventField field, ReadOnlySpan<byte> value) => Raw(field).SequenceEqual(value);

    /// <summary>The value of one label; null when there is none.</summary>
    public string? Label(string name)
    {
        if (!Has(EventField.Labels)) return null;
        var reader = new Utf8JsonReader(Raw(EventField.Labels));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found) return reader.GetString();
        }
        return null;
    }
}
