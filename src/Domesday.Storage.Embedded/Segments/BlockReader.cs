using System.IO.Compression;
using Domesday.Core.Storage;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Finds values within one block after another. Not for several threads at once.</summary>
internal sealed class BlockReader(SegmentLayout layout)
{
    private readonly KnownPlace[] _places = new KnownPlace[layout.Encodings.Length];
    private readonly int[] _bodies = layout.Bodies;
    private Block _block = new(layout);
    private byte[] _text = [];
    private int _textRun = -1;
    private KnownPlace _body;

    /// <summary>What the entries of the block are made of.</summary>
    public ReadOnlySpan<EntryMember> Members => _block.Members;

    public void Use(Block block)
    {
        _block = block;
        _textRun = -1;
        _body = default;
        Array.Clear(_places);
    }

    /// <summary>Of coded columns the code, 0 for absent; of clocks the moment.</summary>
    public long Number(int column, int row) => (long)_block.Numbers(column).Get(_block.Bytes, row);

    /// <summary>Of plain columns the value; empty for absent.</summary>
    /// <param name="scratch">At least 36 bytes; the value may stand in it.</param>
    public ReadOnlySpan<byte> Plain(int column, int row, Span<byte> scratch) => _block.Values(column).Get(_block.Bytes, row, ref _places[column], scratch);

    /// <summary>Of body columns the value; empty for absent. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Body(int column, int row)
    {
        ref readonly var numbers = ref _block.Numbers(column);
        if (numbers.IsZero) return [];
        var length = (int)numbers.Get(_block.Bytes, row);
        if (length == 0) return [];
        var run = _block.Runs.Count - 1;
        while (_block.Runs[run].FirstRow > row) run--;
        var first = _block.Runs[run].FirstRow;
        var last = run + 1 < _block.Runs.Count ? _block.Runs[run + 1].FirstRow : int.MaxValue;
        if (_body.Row < first || _body.Row >= last || row - first < _body.Row - row) _body = new(first, 0);
        var start = _body.Start;
        for (var before = _body.Row; before < row; before++) start += BodyBytes(before, layout.Encodings.Length);
        for (var behind = _body.Row - 1; behind >= row; behind--) start -= BodyBytes(behind, layout.Encodings.Length);
        _body = new(row, start);
        return TextOf(run).Slice(start + BodyBytes(row, column), length);
    }

    private int BodyBytes(int row, int columns)
    {
        var bytes = 0;
        foreach (var body in _bodies)
        {
            if (body < columns && !_block.Numbers(body).IsZero) bytes += (int)_block.Numbers(body).Get(_block.Bytes, row);
        }
        return bytes;
    }

    private ReadOnlySpan<byte> TextOf(int run)
    {
        var (_, position, length, compressed) = _block.Runs[run];
        var packed = _block.Bytes.AsSpan(position, compressed);
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
