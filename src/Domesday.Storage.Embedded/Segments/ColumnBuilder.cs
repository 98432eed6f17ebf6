using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Collects one field's values, row by row, while a segment is made.</summary>
internal sealed class ColumnBuilder
{
    private readonly List<int> _codes;
    private ValueDictionary? _dictionary;
    private ByteBuffer? _values;
    private int _rows;

    public ColumnBuilder(EventField field, ColumnEncoding encoding, SipHash hash)
    {
        (Field, Encoding, _codes) = (field, encoding, []);
        _dictionary = encoding == ColumnEncoding.Coded ? new(hash) : null;
    }

    /// <summary>A coded column whose values have numbers already.</summary>
    /// <param name="codes">For each row the number of its value, from 1; 0, or beyond the end, for absent.</param>
    public ColumnBuilder(EventField field, ValueDictionary dictionary, ReadOnlySpan<int> codes)
    {
        (Field, Encoding, _dictionary, _codes, _rows) = (field, ColumnEncoding.Coded, dictionary, new(codes.Length), codes.Length);
        _codes.AddRange(codes);
    }

    public EventField Field { get; }

    public ColumnEncoding Encoding { get; private set; }

    public bool IsAbsent => _codes.Count == 0;

    /// <summary>The dictionary of a coded column.</summary>
    public ValueDictionary Dictionary => _dictionary!;

    /// <summary>Sets the value of a row; rows ascend, absent ones are left out.</summary>
    public void Add(int row, ReadOnlySpan<byte> value)
    {
        while (_rows < row) Append([]);
        Append(value);
        if (_dictionary is { Count: > ColumnPlan.DistinctMax }) MakePlain();
    }

    /// <summary>Of coded columns: number of the value in the order of arrival, -1 for absent.</summary>
    public int CodeOf(int row) => row < _codes.Count ? _codes[row] - 1 : -1;

    /// <summary>Of other columns: the value; empty for absent.</summary>
    public ReadOnlySpan<byte> ValueOf(int row)
    {
        if (row >= _codes.Count) return [];
        var start = row == 0 ? 0 : _codes[row - 1];
        return _values!.Slice(start, _codes[row] - start);
    }

    private void Append(ReadOnlySpan<byte> value)
    {
        _rows++;
        if (_dictionary is { } dictionary)
        {
            _codes.Add(value.IsEmpty ? 0 : dictionary.Add(value) + 1);
            return;
        }
        (_values ??= new()).Append(value);
        _codes.Add(_values.Length);
    }

    private void MakePlain()
    {
        var dictionary = _dictionary!;
        (_dictionary, Encoding) = (null, ColumnEncoding.Plain);
        var codes = _codes.ToArray();
        _codes.Clear();
        _rows = 0;
        foreach (var code in codes) Append(code == 0 ? [] : dictionary[code - 1]);
    }
}
