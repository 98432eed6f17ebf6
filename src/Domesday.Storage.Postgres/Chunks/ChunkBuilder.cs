using System.Numerics;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Columns;

namespace Domesday.Storage.Postgres.Chunks;

/// <summary>Gathers entries into chunks. Small enough that one event of a page costs little to read, large enough that neighbours compress each other.</summary>
/// <remarks>
/// A chunk is, before it is compressed: how many shapes it has; each shape's length and bytes; and for each entry the length of what follows, the number of its shape, its values (see <see cref="ShortText"/>). A shape is an entry without its
/// values: entries with the same fields share it. In it the byte 1 stands for a value, 2 for the entry's sequence, 3 for the ledger's name. An entry that was erased
/// has the length 0.
/// </remarks>
/// <param name="entriesMax">Entries of a chunk.</param>
internal sealed class ChunkBuilder(int entriesMax = ChunkBuilder.EntriesMax)
{
    public const byte ValueMark = 1;
    public const byte SequenceMark = 2;
    public const byte NameMark = 3;

    /// <summary>Entries of a chunk that is built now. A page has as many chunks as events, and unpacks them all: see docs/adr/0061-pages-of-scattered-events.md.</summary>
    public const int EntriesMax = 16;

    /// <summary>Entries of a chunk that an earlier build may have built.</summary>
    public const int EntriesEverMax = 64;

    private const int BytesMax = 48 * 1024;
    private const ulong NamedAsLedger = 1UL << 63;

    private readonly Dictionary<ulong, int> _shapes = [];
    private readonly ByteBuffer _shapeBytes = new();
    private readonly ByteBuffer _entries = new(2 * BytesMax);
    private readonly ByteBuffer _entry = new();
    private readonly ByteBuffer _scratch = new();
    private byte[] _name = [];
    private Action<BuiltChunk>? _built;
    private long _first;
    private int _count;

    /// <summary>Begins the chunks of a ledger.</summary>
    /// <param name="built">Gets each chunk that is complete.</param>
    public void Begin(byte[] name, Action<BuiltChunk> built)
    {
        (_name, _built) = (name, built);
        Clear();
    }

    /// <summary>Adds an entry; its sequence follows the one before.</summary>
    /// <param name="row">What was read from the entry.</param>
    public void Add(EventRow row, ReadOnlySpan<byte> entry)
    {
        if (_count++ == 0) _first = row.Sequence;
        _entry.Clear();
        ShortText.WriteNumber((ulong)ShapeOf(entry, row.Slices), _entry);
        for (var field = 0; field < EventSchema.Count; field++)
        {
            if (row.Slices[field].Length == 0 || field == (int)EventField.Sequence) continue;
            var value = row.Slices[field].Of(entry);
            var place = EventColumns.CodedPlace((EventField)field);
            if (place >= 0 && row.Codes[place] > 0) ShortText.WriteCode(row.Codes[place], _entry);
            else if (field != (int)EventField.Tenant || !value.SequenceEqual(_name)) ShortText.Write(value, _scratch, _entry);
        }
        ShortText.WriteNumber((ulong)_entry.Length, _entries);
        _entries.Append(_entry.Written);
        if (_count == entriesMax || _entries.Length >= BytesMax) Finish();
    }

    /// <summary>Adds the place of an entry that was erased: one of no length.</summary>
    public void AddErased(long sequence)
    {
        if (_count++ == 0) _first = sequence;
        ShortText.WriteNumber(0, _entries);
        if (_count == entriesMax) Finish();
    }

    /// <summary>Hands out what is left.</summary>
    public void Finish()
    {
        if (_count == 0) return;
        _entry.Clear();
        ShortText.WriteNumber((ulong)_shapes.Count, _entry);
        _entry.Append(_shapeBytes.Written);
        _entry.Append(_entries.Written);
        _built!(new(_first, _count, _entry.Length, ChunkFormat.Pack(_entry.Written)));
        Clear();
    }

    private void Clear()
    {
        _shapes.Clear();
        _shapeBytes.Clear();
        _entries.Clear();
        _count = 0;
    }

    /// <summary>The number of the shape that the entry has; a new one is written down.</summary>
    private int ShapeOf(ReadOnlySpan<byte> entry, ReadOnlySpan<FieldSlice> slices)
    {
        var fields = 0UL;
        for (var field = 0; field < EventSchema.Count; field++)
        {
            if (slices[field].Length > 0) fields |= 1UL << field;
        }
        // Which fields there are says all, because the canonical form has one order.
        var key = slices[(int)EventField.Tenant].Of(entry).SequenceEqual(_name) ? fields | NamedAsLedger : fields;
        if (_shapes.TryGetValue(key, out var known)) return known;
        _scratch.Clear();
        var written = 0;
        for (; fields != 0; fields &= fields - 1)
        {
            var field = BitOperations.TrailingZeroCount(fields);
            _scratch.Append(entry[written..slices[field].Start]);
            _scratch.Append(field == (int)EventField.Sequence ? SequenceMark : field == (int)EventField.Tenant && (key & NamedAsLedger) != 0 ? NameMark : ValueMark);
            written = slices[field].Start + slices[field].Length;
        }
        _scratch.Append(entry[written..]);
        ShortText.WriteNumber((ulong)_scratch.Length, _shapeBytes);
        _shapeBytes.Append(_scratch.Written);
        _shapes.Add(key, _shapes.Count);
        return _shapes.Count - 1;
    }
}

/// <summary>A chunk on its way into the table.</summary>
/// <param name="First">Sequence of its first entry.</param>
/// <param name="RawBytes">Before compression.</param>
internal sealed record BuiltChunk(long First, int Count, int RawBytes, byte[] Data);
