using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Memory;

/// <summary>The events of one ledger that are in the log and not yet in a segment. One writer, many readers.</summary>
internal sealed class MemTable(SipHash hash, long firstSequence)
{
    private readonly Arena _arena = new();
    private readonly GrowingArray<long> _places = new();
    private readonly GrowingArray<long> _times = new();
    private readonly GrowingArray<MerkleHash> _leaves = new();
    private readonly MemColumn?[] _columns = new MemColumn?[EventSchema.Count];
    private readonly FieldSlice[] _slices = new FieldSlice[EventSchema.Count];
    private readonly IdTable _ids = new();
    private readonly GrowingArray<Attachment> _attachments = new();
    private int _added;
    private int _attached;
    private int _count;
    private int _attachmentCount;

    public long FirstSequence => firstSequence;

    /// <summary>Rows that readers may see.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Rows added, published or not; for the writer.</summary>
    public int Added => _added;

    /// <summary>Bytes of entries, about.</summary>
    public long Bytes => _arena.Bytes;

    /// <summary>Whether each row's time is at least that of the row before; among the rows that were added so far.</summary>
    public bool IsTimeOrdered { get; private set; } = true;

    /// <summary>Earliest time of the rows that were added so far, microseconds.</summary>
    public long TimeMin { get; private set; } = long.MaxValue;

    /// <summary>Latest time of the rows that were added so far, microseconds.</summary>
    public long TimeMax { get; private set; } = long.MinValue;

    /// <summary>Adds a row that readers do not see yet.</summary>
    /// <param name="prefixed">The entry behind its 0x00.</param>
    /// <param name="idHash">Of the event's id, see <see cref="Find"/>.</param>
    public void Add(ReadOnlySpan<byte> prefixed, MerkleHash leaf, ulong idHash)
    {
        var row = _added;
        _places.Set(row, _arena.Add(prefixed));
        _leaves.Set(row, leaf);
        var entry = prefixed[1..];
        EntrySlicer.Slice(entry, _slices);
        if (!Timestamp.TryParse(_slices[(int)EventField.Time].Of(entry), out var time, out _)) throw new FormatException("An entry has a time.");
        if (row > 0 && time.Microseconds < _times.Items[row - 1]) IsTimeOrdered = false;
        _times.Set(row, time.Microseconds);
        (TimeMin, TimeMax) = (Math.Min(TimeMin, time.Microseconds), Math.Max(TimeMax, time.Microseconds));
        foreach (var field in ColumnPlan.AllIndexed)
        {
            if (_slices[(int)field].Length > 0) ColumnFor(field).Add(row, _slices[(int)field].Of(entry));
        }
        _ids.Add(idHash, row);
        _added++;
    }

    public void Attach(Attachment attachment) => _attachments.Set(_attached++, attachment);

    /// <summary>Shows readers everything that was added.</summary>
    public void Publish()
    {
        Volatile.Write(ref _attachmentCount, _attached);
        Volatile.Write(ref _count, _added);
    }

    public ReadOnlyMemory<byte> Entry(int row) => _arena[_places.Items[row]][1..];

    /// <summary>The entry behind its 0x00, as it is hashed.</summary>
    public ReadOnlyMemory<byte> PrefixedEntry(int row) => _arena[_places.Items[row]];

    public MerkleHash Leaf(int row) => _leaves.Items[row];

    /// <summary>Times of the rows that were published.</summary>
    public long[] Times => _times.Items;

    /// <summary>The column of an indexed field; null when no row has it.</summary>
    public MemColumn? Column(EventField field) => Volatile.Read(ref _columns[(int)field]);

    public IEnumerable<Attachment> Attachments
    {
        get
        {
            var count = Volatile.Read(ref _attachmentCount);
            return _attachments.Items.Take(count);
        }
    }

    /// <summary>The hash of each published row's event id, in no particular order; once nothing is added any more.</summary>
    public IEnumerable<(ulong Hash, int Row)> Ids => _ids.All.Where(id => id.Row < Count);

    /// <summary>The row with this event id, or -1; of everything that was added.</summary>
    /// <param name="idHash">Of the tenant and the id, by the store's key.</param>
    /// <param name="id">Canonical content.</param>
    public int Find(ulong idHash, ReadOnlySpan<byte> id)
    {
        var candidates = _ids.Find(idHash);
        while (candidates.Next() is >= 0 and var row)
        {
            if (HasId(row, id)) return row;
        }
        return -1;
    }

    /// <summary>Whether the event in a row has this id.</summary>
    /// <param name="id">Canonical content.</param>
    public bool HasId(int row, ReadOnlySpan<byte> id)
    {
        Span<FieldSlice> slices = stackalloc FieldSlice[EventSchema.Count];
        var entry = Entry(row).Span;
        EntrySlicer.Slice(entry, slices);
        return slices[(int)EventField.Id].Of(entry).SequenceEqual(id);
    }

    private MemColumn ColumnFor(EventField field)
    {
        if (_columns[(int)field] is { } column) return column;
        column = new(hash);
        Volatile.Write(ref _columns[(int)field], column);
        return column;
    }
}
