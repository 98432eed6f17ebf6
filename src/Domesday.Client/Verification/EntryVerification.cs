using System.Globalization;
using System.Text;
using Domesday.Events.Json;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;

namespace Domesday.Client.Verification;

/// <summary>Fetches every entry below a checkpoint, computes its hash, and finds the first one that does not fit.</summary>
internal sealed class EntryVerification(LogReader log, AuthenticatedTiles tiles, string tenant, IProgress<VerificationProgress>? progress)
{
    private const int BundlesAhead = 4;

    private readonly FieldSlice[] _slices = new FieldSlice[EventSchema.Count];
    private readonly TreeFrontier _frontier = new();

    public long Verified { get; private set; }

    public long Gone { get; private set; }

    /// <returns>The root that follows from the entries.</returns>
    /// <exception cref="LedgerBrokenException">Names the first entry that does not fit.</exception>
    public async Task<MerkleHash> RunAsync(CancellationToken cancellation)
    {
        var ahead = new Queue<Task<ReadOnlyMemory<byte>?>>();
        long next = 0;
        for (long index = 0; TreeTile.WidthIn(tiles.Size, 0, index) is > 0 and var width; index++)
        {
            for (; ahead.Count < BundlesAhead && TreeTile.WidthIn(tiles.Size, 0, next) > 0; next++)
            {
                ahead.Enqueue(log.OptionalAsync(TreeTile.In(tiles.Size, 0, next).EntriesPath, cancellation));
            }
            if (await ahead.Dequeue() is { } bundle) await CheckAsync(index, width, bundle, cancellation);
            else await TakeKeptAsync(index, width, cancellation);
            progress?.Report(new(Verified + Gone, tiles.Size));
        }
        return _frontier.Root;
    }

    private async ValueTask CheckAsync(long index, int width, ReadOnlyMemory<byte> bundle, CancellationToken cancellation)
    {
        var first = index << TreeTile.Height;
        if (!EntryBundle.TrySplit(bundle, out var entries)) throw Broken("is not a bundle of entries", first, first + width - 1);
        var leaves = entries.Select(entry => MerkleHash.OfLeaf(entry.Span)).ToArray();
        if (leaves.Length != width || width < TreeTile.WidthMax || TileTree.Fold(leaves) != await tiles.NodeAboveAsync(index, cancellation))
        {
            await CompareAsync(index, width, leaves, cancellation);
        }
        for (var place = 0; place < width; place++) CheckIdentity(first + place, entries[place].Span);
        Add(leaves);
        Verified += width;
    }

    /// <summary>Compares leaf by leaf, and so finds the entry at fault, unless the log's own leaf hashes are at fault.</summary>
    private async ValueTask CompareAsync(long index, int width, MerkleHash[] leaves, CancellationToken cancellation)
    {
        var first = index << TreeTile.Height;
        var expected = await tiles.LeavesAsync(index, cancellation);
        for (var place = 0; place < width; place++)
        {
            if (place >= leaves.Length) throw Broken("is missing from its bundle", first + place);
            if (leaves[place] != expected[place]) throw Broken("is not the entry that was sealed", first + place);
        }
        if (leaves.Length > width) throw Broken("stands in a bundle that holds more entries than the tree has", first, first + width - 1);
    }

    private void CheckIdentity(long sequence, ReadOnlySpan<byte> entry)
    {
        try
        {
            EntrySlicer.Slice(entry, _slices);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw Broken("is not an event in canonical form", sequence);
        }
        var named = Encoding.UTF8.GetString(_slices[(int)EventField.Sequence].Of(entry));
        if (named != sequence.ToString(CultureInfo.InvariantCulture)) throw Broken($"says of itself that it is sequence {named}", sequence);
        var owner = Encoding.UTF8.GetString(_slices[(int)EventField.Tenant].Of(entry));
        if (owner != tenant) throw Broken($"belongs to tenant {owner}", sequence);
    }

    /// <summary>Where entries are gone, their hashes are taken from the tree, and those beside them are compared with theirs.</summary>
    private async ValueTask TakeKeptAsync(long index, int width, CancellationToken cancellation)
    {
        var first = index << TreeTile.Height;
        var leaves = await tiles.LeavesAsync(index, cancellation);
        var kept = await log.ExtraAsync(TreeTile.In(tiles.Size, 0, index).KeptPath, cancellation);
        IReadOnlyList<ReadOnlyMemory<byte>> entries = [];
        if (kept is { } bundle && (!EntryBundle.TrySplit(bundle, out entries!) || entries.Count != width)) throw Broken("is not a bundle of entries", first, first + width - 1);
        for (var place = 0; place < entries.Count; place++)
        {
            if (entries[place].IsEmpty) continue;
            if (MerkleHash.OfLeaf(entries[place].Span) != leaves[place]) throw Broken("is not the entry that was sealed", first + place);
            CheckIdentity(first + place, entries[place].Span);
            Verified++;
        }
        Gone += width - entries.Count(entry => !entry.IsEmpty);
        Add(leaves);
    }

    private void Add(MerkleHash[] leaves)
    {
        foreach (var leaf in leaves) _frontier.Add(leaf);
    }

    private static LedgerBrokenException Broken(string what, long first, long? last = null)
    {
        var range = new SequenceRange(first, last ?? first);
        return new($"{(range.First == range.Last ? $"The entry at {range}" : $"What stands at {range}")} {what}.", range);
    }
}
