using System.Buffers.Binary;
using System.IO.Compression;
using Domesday.Core.Storage;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Finds values within one block. Used again and again; not for several threads at once.</summary>
internal sealed class BlockReader(IReadOnlyList<ColumnEncoding> encodings)
{
    private readonly PackedNumbers[] _numbers = new PackedNumbers[encodings.Count];
    private readonly PlainValues[] _values = new PlainValues[encodings.Count];
    private readonly KnownPlace[] _places = new KnownPlace[encodings.Count];
    private readonly int[] _bodies = [.. Enumerable.Range(0, encodings.Count).Where(column => encodings[column] == ColumnEncoding.Body)];
    private readonly List<(int FirstRow, int Position, int Length, int Compressed)> _runs = [];
    private byte[] _block = [];
    private byte[] _text = [];
    private int _textRun = -1;
    private KnownPlace _body;

    public int Rows { get; private set; }

    /// <param name="block">A block and <see cref="BitPacking.Padding"/> bytes behind it; must not change while this reader is used.</param>
    public void Load(byte[] block)
    {
        if (ReferenceEquals(block, _block)) return;
        _block = block;
        _textRun = -1;
        _body = default;
        Array.Clear(_places);
        Rows = BinaryPrimitives.ReadUInt16LittleEndian(block);
        var position = 2;
        for (var i = 0; i < encodings.Count; i++)
        {
            if (encodings[i] == ColumnEncoding.Plain) _values[i] = PlainValues.Find(block, ref position, Rows);
            else _numbers[i] = PackedNumbers.Find(block, ref position, Rows);
        }
        FindRuns(position);
    }

    /// <summary>Forgets the block, whose buffer is about to be used for another.</summary>
    public void Unload() => _block = [];

    /// <summary>Of coded columns the code, 0 for absent; of clocks the moment.</summary>
    public long Number(int column, int row) => (long)_numbers[column].Get(_block, row);

    /// <summary>Whether no row of the block has a value; not known for plain columns.</summary>
    public bool IsAbsent(int column) => encodings[column] != ColumnEncoding.Plain && _numbers[column].IsZero;

    /// <summary>Of plain columns the value; empty for absent.</summary>
    /// <param name="scratch">At least 36 bytes; the value may stand in it.</param>
    public ReadOnlySpan<byte> Plain(int column, int row, Span<byte> scratch) => _values[column].Get(_block, row, ref _places[column], scratch);

    /// <summary>Of body columns the value; empty for absent. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Body(int column, int row)
    {
        if (_numbers[column].IsZero) return [];
        var length = (int)_numbers[column].Get(_block, row);
        if (length == 0) return [];
        var run = _runs.Count - 1;
        while (_runs[run].FirstRow > row) run--;
        var first = _runs[run].FirstRow;
        if (_body.Row > row || _body.Row < first) _body = new(first, 0);
        var start = _body.Start;
        for (var before = _body.Row; before < row; before++) start += BodyBytes(before, encodings.Count);
        _body = new(row, start);
        return TextOf(run).Slice(start + BodyBytes(row, column), length);
    }

    private int BodyBytes(int row, int columns)
    {
        var bytes = 0;
        foreach (var body in _bodies)
        {
            if (body < columns && !_numbers[body].IsZero) bytes += (int)_numbers[body].Get(_block, row);
        }
        return bytes;
    }

    private void FindRuns(int position)
    {
        _runs.Clear();
        var count = _block[position++];
        for (var i = 0; i < count; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(_block.AsSpan(position + 1));
            var compressed = BinaryPrimitives.ReadInt32LittleEndian(_block.AsSpan(position + 5));
            _runs.Add((_block[position], position + 9, length, compressed));
            position += 9 + compressed;
        }
    }

    private ReadOnlySpan<byte> TextOf(int run)
    {
        var (_, position, length, compressed) = _runs[run];
        var packed = _block.AsSpan(position, compressed);
        if (compressed == length) return packed;
        if (_textRun != run)
        {
            if (_text.Length < length) _text = new byte[Math.Max(length, 48 * 1024)];
            if (!BrotliDecoder.TryDecompress(packed, _text, out var written) || written != length) throw new CorruptLedgerException("A block's text does not decompress.");
            _textRun = run;
        }
        return _text.AsSpan(0, length);
    }
}
