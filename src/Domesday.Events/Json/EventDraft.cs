using System.Globalization;
using System.Text;
using Domesday.Events.Schema;

namespace Domesday.Events.Json;

/// <summary>One event between parsing and the ledger: a value in canonical form for each field that is present. Reusable.</summary>
public sealed class EventDraft
{
    private readonly ByteBuffer _values = new(8192);
    private readonly int[] _starts = new int[EventSchema.Count];
    private readonly int[] _lengths = new int[EventSchema.Count];

    public void Clear()
    {
        _values.Clear();
        Array.Clear(_lengths);
    }

    public bool Has(EventField field) => _lengths[(int)field] > 0;

    /// <summary>The field's canonical JSON value, quotes included; empty when absent.</summary>
    public ReadOnlySpan<byte> Value(EventField field) => _values.Slice(_starts[(int)field], _lengths[(int)field]);

    /// <summary>The text of a text field; null when absent.</summary>
    public string? Text(EventField field) => Has(field) ? CanonicalString.Unescape(Value(field)[1..^1]) : null;

    public void Remove(EventField field) => _lengths[(int)field] = 0;

    public void SetText(EventField field, string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var start = Begin();
        _values.Append((byte)'"');
        CanonicalString.WritePlain(Encoding.UTF8.GetBytes(text), _values);
        _values.Append((byte)'"');
        End(field, start);
    }

    public void SetTime(EventField field, Timestamp time)
    {
        var start = Begin();
        _values.Append((byte)'"');
        time.Write(_values.Reserve(Timestamp.TextLength));
        _values.Advance(Timestamp.TextLength);
        _values.Append((byte)'"');
        End(field, start);
    }

    public void SetInteger(EventField field, long number)
    {
        var start = Begin();
        number.TryFormat(_values.Reserve(20), out var written, default, CultureInfo.InvariantCulture);
        _values.Advance(written);
        End(field, start);
    }

    /// <summary>Sets a field to a JSON value that is already canonical.</summary>
    public void SetCanonical(EventField field, ReadOnlySpan<byte> value)
    {
        var start = Begin();
        _values.Append(value);
        End(field, start);
    }

    internal ByteBuffer Values => _values;

    internal int Begin() => _values.Length;

    internal void End(EventField field, int start)
    {
        _starts[(int)field] = start;
        _lengths[(int)field] = _values.Length - start;
    }

    /// <summary>Where the last <see cref="Compose"/> put the text of the id, relative to the entry's start.</summary>
    public int IdAt { get; private set; }

    /// <summary>Appends the canonical entry, but for the sequence, which the store decides.</summary>
    /// <returns>The position, relative to the entry's start, where <c>"sequence":n,</c> belongs.</returns>
    /// <remarks><c>service</c> may be absent but <c>tenant</c> and <c>time</c> never are, so a member always follows the sequence.</remarks>
    public int Compose(ByteBuffer output)
    {
        var start = output.Length;
        var sequenceAt = 0;
        var entry = new EntryComposer(output);
        for (var i = 0; i < _lengths.Length; i++)
        {
            if (i == (int)EventField.Sequence) sequenceAt = entry.Gap() - start;
            if (_lengths[i] == 0) continue;
            entry.Add((EventField)i, _values.Slice(_starts[i], _lengths[i]));
            if (i == (int)EventField.Id) IdAt = output.Length - start - _lengths[i] + 1;
        }
        entry.End();
        return sequenceAt;
    }
}
