using System.Buffers.Binary;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Writes a segment's blocks one behind the other, and where each begins.</summary>
internal sealed class BlockSectionWriter(SegmentOutput output, IReadOnlyList<ColumnEncoding> encodings)
{
    private readonly BlockWriter _block = new(encodings);
    private readonly ByteBuffer _offsets = new();
    private readonly long _start = output.Position;
    private int _rows;

    public BlockColumn[] Columns => _block.Columns;

    /// <summary>Begins a row; its values are then set in <see cref="Columns"/>.</summary>
    /// <returns>The row's place in the block.</returns>
    public int NextRow()
    {
        if (_rows == BlockWriter.Rows) WriteBlock();
        return _rows++;
    }

    /// <returns>The directory of blocks.</returns>
    public Section Finish()
    {
        if (_rows > 0) WriteBlock();
        _offsets.WriteInt32(unchecked((int)checked((uint)(output.Position - _start))));
        var directory = new ByteBuffer();
        directory.WriteInt64(_start);
        directory.Append(_offsets.Written);
        return output.Write(directory.Written);
    }

    private void WriteBlock()
    {
        _offsets.WriteInt32(unchecked((int)checked((uint)(output.Position - _start))));
        output.Write(_block.Write(_rows));
        _rows = 0;
    }
}

/// <summary>Where a segment's blocks lie.</summary>
internal sealed class BlockDirectory(byte[] bytes)
{
    public Section this[int block]
    {
        get
        {
            var start = OffsetOf(block);
            return new(BinaryPrimitives.ReadInt64LittleEndian(bytes) + start, (int)(OffsetOf(block + 1) - start));
        }
    }

    private uint OffsetOf(int block) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8 + block * 4));
}
