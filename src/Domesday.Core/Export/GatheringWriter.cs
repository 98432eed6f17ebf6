using System.Buffers;

namespace Domesday.Core.Export;

/// <summary>Gathers small writes, so that what is behind it is asked for room once in a while and not for every cell.</summary>
/// <remarks>Kestrel takes a lock whenever it gives room: that was a quarter of the time of an export as CSV.</remarks>
public sealed class GatheringWriter(IBufferWriter<byte> output) : IBufferWriter<byte>
{
    private const int BlockBytes = 16 * 1024;

    private byte[] _block = new byte[BlockBytes];
    private int _length;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _block.Length - _length);
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _block.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _block.AsSpan(_length);
    }

    /// <summary>Hands on what was gathered.</summary>
    public void Pass()
    {
        if (_length > 0) output.Write(_block.AsSpan(0, _length));
        _length = 0;
    }

    private void MakeRoom(int sizeHint)
    {
        if (_block.Length - _length >= Math.Max(sizeHint, 1)) return;
        Pass();
        if (_block.Length < sizeHint) _block = new byte[sizeHint];
    }
}
