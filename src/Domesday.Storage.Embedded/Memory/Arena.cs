namespace Domesday.Storage.Embedded.Memory;

/// <summary>Holds byte strings, one behind the other, in chunks that grow with what is in them.</summary>
internal sealed class Arena
{
    private const int ChunkBytesMin = 4 * 1024;
    private const int ChunkBytesMax = 1024 * 1024;
    private const int LengthBits = 17;
    private const int OffsetBits = 23;

    private readonly GrowingArray<byte[]> _chunks = new();
    private int _chunk = -1;
    private int _used;

    public long Bytes { get; private set; }

    /// <returns>Where it is.</returns>
    public long Add(ReadOnlySpan<byte> bytes)
    {
        if (_chunk < 0 || _used + bytes.Length > _chunks.Items[_chunk].Length)
        {
            var wanted = Math.Clamp(Bytes, ChunkBytesMin, ChunkBytesMax);
            _chunks.Set(++_chunk, new byte[Math.Max(wanted, bytes.Length)]);
            Bytes += _chunks.Items[_chunk].Length;
            _used = 0;
        }
        bytes.CopyTo(_chunks.Items[_chunk].AsSpan(_used));
        var place = (long)_chunk << (LengthBits + OffsetBits) | (long)_used << LengthBits | (uint)bytes.Length;
        _used += bytes.Length;
        return place;
    }

    public ReadOnlyMemory<byte> this[long place]
    {
        get
        {
            var length = (int)(place & (1 << LengthBits) - 1);
            var offset = (int)(place >> LengthBits & (1 << OffsetBits) - 1);
            return _chunks.Items[(int)(place >> (LengthBits + OffsetBits))].AsMemory(offset, length);
        }
    }
}
