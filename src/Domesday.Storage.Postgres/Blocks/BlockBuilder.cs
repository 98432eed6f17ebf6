using System.Runtime.InteropServices;
using Domesday.Storage.Postgres.Columns;

namespace Domesday.Storage.Postgres.Blocks;

/// <summary>Gathers what is asked of events, column by column.</summary>
internal sealed class BlockBuilder
{
    /// <summary>Events of a block at most: few enough for a column of numbers to stay below what the collector moves to its heap of large objects, enough for a ledger of millions to have few blocks.</summary>
    public const int EventsMax = 8_192;

    private readonly List<long> _times = [];
    private readonly List<long>[] _hashes = [.. EventColumns.Hashed.Select(_ => new List<long>())];
    private readonly List<int>[] _codes = [.. EventColumns.Coded.Select(_ => new List<int>())];
    private readonly CodePacker _packer = new();
    private long _first;

    public int Count => _times.Count;

    /// <summary>Adds an event; its sequence follows the one before.</summary>
    public void Add(EventRow row)
    {
        Begin(row.Sequence, row.Time);
        for (var i = 0; i < _hashes.Length; i++) _hashes[i].Add(row.Hashes[i]);
        for (var i = 0; i < _codes.Length; i++) _codes[i].Add(row.Codes[i]);
    }

    /// <summary>Adds an event of a block whose columns are all there.</summary>
    public void Add(EventBlock block, int index)
    {
        Begin(block.First + index, block.Time(index));
        for (var i = 0; i < _hashes.Length; i++) _hashes[i].Add(block.Hash(i, index));
        for (var i = 0; i < _codes.Length; i++) _codes[i].Add(block.Code(i, index));
    }

    /// <summary>Adds the place of an event that was erased: nothing is said of it.</summary>
    /// <param name="time">Not the event's own.</param>
    public void AddErased(long sequence, long time)
    {
        Begin(sequence, time);
        foreach (var hashes in _hashes) hashes.Add(0);
        foreach (var codes in _codes) codes.Add(0);
    }

    /// <summary>Hands out what was gathered, and begins anew.</summary>
    /// <param name="ledger">Of which the index is to find the block; null when it is not to.</param>
    public BuiltBlock Build(int? ledger)
    {
        var packed = new List<byte[]?> { PackedNumbers.Pack(CollectionsMarshal.AsSpan(_times)) ?? PackedNumbers.Zeros };
        packed.AddRange(_hashes.Select(hashes => PackedNumbers.Pack(CollectionsMarshal.AsSpan(hashes))));
        packed.AddRange(_codes.Select(codes => _packer.Pack(CollectionsMarshal.AsSpan(codes))));
        var block = new BuiltBlock(_first, Count, _times.Min(), _times.Max(), ledger is { } id ? Keys(id) : null, packed);
        Clear();
        return block;
    }

    /// <summary>Forgets what was gathered.</summary>
    public void Clear()
    {
        _times.Clear();
        foreach (var hashes in _hashes) hashes.Clear();
        foreach (var codes in _codes) codes.Clear();
    }

    private void Begin(long sequence, long time)
    {
        if (_times.Count == 0) _first = sequence;
        _times.Add(time);
    }

    private int[] Keys(int ledger)
    {
        var keys = new HashSet<int>();
        foreach (var place in BlockKeys.HashedPlaces) keys.UnionWith(_hashes[place].Where(hash => hash != 0).Distinct().Select(hash => BlockKeys.OfHash(ledger, place, hash)));
        for (var place = 0; place < _codes.Length; place++)
        {
            var own = place;
            keys.UnionWith(_codes[place].Where(code => code != 0).Distinct().Select(code => BlockKeys.OfCode(ledger, own, code)));
        }
        return [.. keys.Order()];
    }
}

/// <summary>A block on its way into a table.</summary>
/// <param name="First">Sequence of its first event.</param>
/// <param name="Keys">What the index finds it by; null when it is not to.</param>
/// <param name="Columns">In the order of <see cref="BlockColumns.List"/>; null where no event has a value.</param>
internal sealed record BuiltBlock(long First, int Count, long MinTime, long MaxTime, int[]? Keys, IReadOnlyList<byte[]?> Columns)
{
    public long Bytes => Columns.Sum(column => (long)(column?.Length ?? 0));
}
