using System.Buffers.Binary;
using Domesday.Events.Json;
using Domesday.Storage.Postgres.Columns;

namespace Domesday.Storage.Postgres.Chunks;

/// <summary>Gathers entries into chunks. Small enough that one event of a page costs little to read, large enough that neighbours compress each other.</summary>
internal sealed class ChunkBuilder(Action<BuiltChunk> built)
{
    private const int EntriesMax = 64;
    private const int BytesMax = 48 * 1024;

    private readonly ByteBuffer _entries = new(2 * BytesMax);
    private readonly List<int> _lengths = [];
    private long _first;

    /// <summary>Adds an entry; its sequence follows the one before.</summary>
    /// <param name="row">What was read from the entry.</param>
    public void Add(EventRow row, ReadOnlySpan<byte> entry)
    {
        if (_lengths.Count == 0) _first = row.Sequence;
        var start = _entries.Length;
        ShortEntry.Write(entry, row.Slices, row.Codes, _entries);
        _lengths.Add(_entries.Length - start);
        if (_lengths.Count == EntriesMax || _entries.Length >= BytesMax) Finish();
    }

    /// <summary>Hands out what is left.</summary>
    public void Finish()
    {
        if (_lengths.Count == 0) return;
        var raw = new byte[_lengths.Count * sizeof(int) + _entries.Length];
        for (var i = 0; i < _lengths.Count; i++) BinaryPrimitives.WriteInt32LittleEndian(raw.AsSpan(i * sizeof(int)), _lengths[i]);
        _entries.Written.CopyTo(raw.AsSpan(_lengths.Count * sizeof(int)));
        built(new(_first, _lengths.Count, raw.Length, ChunkFormat.Pack(raw)));
        _entries.Clear();
        _lengths.Clear();
    }
}

/// <summary>A chunk on its way into the table.</summary>
/// <param name="First">Sequence of its first entry.</param>
/// <param name="RawBytes">Before compression.</param>
internal sealed record BuiltChunk(long First, int Count, int RawBytes, byte[] Data);
