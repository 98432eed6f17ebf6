using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Storage;

/// <summary>Some fields of some events, in one buffer that is used again.</summary>
public sealed class FieldRows(IReadOnlyList<EventField> fields)
{
    /// <summary>Events that are handed out together.</summary>
    public const int BatchRows = 4_096;

    private readonly ByteBuffer _bytes = new(64 * 1024);
    private readonly List<int> _ends = [];

    public IReadOnlyList<EventField> Fields => fields;

    /// <summary>How many events there are.</summary>
    public int Count => _ends.Count / fields.Count;

    /// <summary>As it stands in the entry: texts without quotes but with their escapes; empty when absent.</summary>
    /// <param name="field">Its place among the fields.</param>
    public ReadOnlySpan<byte> Value(int row, int field)
    {
        var at = (row * fields.Count) + field;
        var start = at == 0 ? 0 : _ends[at - 1];
        return _bytes.Slice(start, _ends[at] - start);
    }

    /// <summary>Adds the next value: the fields of an event in their order, then those of the next one.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        _bytes.Append(value);
        _ends.Add(_bytes.Length);
    }

    /// <summary>Adds an event.</summary>
    /// <param name="entry">Canonical bytes.</param>
    /// <param name="slices">Where its fields lie, see <see cref="EntrySlicer"/>.</param>
    public void Add(ReadOnlySpan<byte> entry, ReadOnlySpan<FieldSlice> slices)
    {
        foreach (var field in fields) Add(slices[(int)field].Of(entry));
    }

    public void Clear()
    {
        _bytes.Clear();
        _ends.Clear();
    }
}
