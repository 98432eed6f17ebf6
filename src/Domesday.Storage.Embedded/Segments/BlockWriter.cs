using System.IO.Compression;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Writes 128 rows, column by column, so that one row can be read with one small read.</summary>
/// <remarks>Every column has its smallest width within the block. Large texts stand behind the columns, row by row, compressed in runs of about 32 KB.</remarks>
internal sealed class BlockWriter(IReadOnlyList<ColumnEncoding> encodings)
{
    public const int Rows = 128;

    private const int RunBytes = 32 * 1024;
    private const int BrotliQuality = 3;
    private const int BrotliWindowBits = 16;

    private readonly ByteBuffer _block = new(32 * 1024);
    private readonly ByteBuffer _text = new(32 * 1024);
    private readonly ulong[] _numbers = new ulong[Rows];
    private readonly List<(int FirstRow, int Start)> _runs = [];

    /// <summary>What is to be written: for each column, codes (0 for absent) or moments, or values.</summary>
    public BlockColumn[] Columns { get; } = [.. encodings.Select(_ => new BlockColumn())];

    /// <returns>The block's bytes, valid until the next call.</returns>
    public ReadOnlySpan<byte> Write(int rows)
    {
        _block.Clear();
        _block.WriteUInt16(rows);
        for (var column = 0; column < Columns.Length; column++)
        {
            switch (encodings[column])
            {
                case ColumnEncoding.Plain:
                    PlainValues.Write(_block, Columns[column], rows, _numbers);
                    break;
                case ColumnEncoding.Body:
                    for (var row = 0; row < rows; row++) _numbers[row] = (ulong)Columns[column].Value(row).Length;
                    WriteNumbers(_numbers.AsSpan(0, rows));
                    break;
                default:
                    for (var row = 0; row < rows; row++) _numbers[row] = (ulong)Columns[column].Numbers[row];
                    WriteNumbers(_numbers.AsSpan(0, rows));
                    break;
            }
        }
        WriteTexts(rows);
        return _block.Written;
    }

    private void WriteNumbers(Span<ulong> numbers) => PackedNumbers.Write(_block, numbers);

    private void WriteTexts(int rows)
    {
        _text.Clear();
        _runs.Clear();
        for (var row = 0; row < rows; row++)
        {
            if (_runs.Count == 0 || _text.Length - _runs[^1].Start >= RunBytes) _runs.Add((row, _text.Length));
            for (var column = 0; column < Columns.Length; column++)
            {
                if (encodings[column] == ColumnEncoding.Body) _text.Append(Columns[column].Value(row));
            }
        }
        if (_text.Length == 0) _runs.Clear();
        _block.Append((byte)_runs.Count);
        for (var i = 0; i < _runs.Count; i++)
        {
            var end = i + 1 < _runs.Count ? _runs[i + 1].Start : _text.Length;
            WriteRun(_runs[i].FirstRow, _text.Slice(_runs[i].Start, end - _runs[i].Start));
        }
    }

    private void WriteRun(int firstRow, ReadOnlySpan<byte> text)
    {
        var target = new byte[BrotliEncoder.GetMaxCompressedLength(text.Length)];
        var smaller = BrotliEncoder.TryCompress(text, target, out var length, BrotliQuality, BrotliWindowBits) && length < text.Length;
        _block.Append((byte)firstRow);
        _block.WriteInt32(text.Length);
        _block.WriteInt32(smaller ? length : text.Length);
        _block.Append(smaller ? target.AsSpan(0, length) : text);
    }
}

/// <summary>One column's share of a block that is to be written.</summary>
internal sealed class BlockColumn
{
    private readonly int[] _starts = new int[BlockWriter.Rows + 1];

    /// <summary>Codes or moments.</summary>
    public long[] Numbers { get; } = new long[BlockWriter.Rows];

    private ByteBuffer Heap { get; } = new();

    public ReadOnlySpan<byte> Value(int row) => Heap.Slice(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>Sets the value of a row; rows come in order.</summary>
    public void SetValue(int row, ReadOnlySpan<byte> value)
    {
        if (row == 0) Heap.Clear();
        Heap.Append(value);
        _starts[row + 1] = Heap.Length;
    }
}
