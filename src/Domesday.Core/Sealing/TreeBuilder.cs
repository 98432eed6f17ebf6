using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events.Merkle;

namespace Domesday.Core.Sealing;

/// <summary>Builds one ledger's tree behind its entries: reads leaf hashes, keeps the right edge in memory, stores the complete nodes at levels 8, 16, 24 …</summary>
/// <remarks>When a call throws or answers a problem, the builder is of no further use: open it again. Not for several threads at once.</remarks>
internal sealed class TreeBuilder
{
    private const int ChunkLeaves = 4_096;

    private readonly IEventStore _store;
    private readonly string _tenant;
    private readonly TreeFrontier _frontier = new();
    private readonly List<MerkleHash>[] _complete = [.. Enumerable.Range(0, TreeTile.LevelMax + 1).Select(_ => new List<MerkleHash>())];

    private TreeBuilder(IEventStore store, string tenant) => (_store, _tenant) = (store, tenant);

    /// <summary>Leaves that are in the tree.</summary>
    public long Size => _frontier.Size;

    public MerkleHash Root => _frontier.Root;

    /// <summary>Takes the tree up where it was left, from stored nodes alone.</summary>
    /// <param name="leavesMax">Nodes beyond this many leaves are forgotten: they are built again from the entries, and so are damaged ones.</param>
    public static async ValueTask<TreeBuilder> OpenAsync(IEventStore store, string tenant, long leavesMax, CancellationToken cancellation)
    {
        var builder = new TreeBuilder(store, tenant);
        if (await builder.TakeUpAsync(leavesMax, cancellation)) return builder;
        var fresh = new TreeBuilder(store, tenant);
        await fresh.TakeUpAsync(0, cancellation);
        return fresh;
    }

    /// <summary>Adds leaves up to a size that the ledger has reached.</summary>
    public async ValueTask<Problem?> AdvanceAsync(long size, CancellationToken cancellation)
    {
        while (Size < size)
        {
            var leaves = await _store.LeafHashesAsync(_tenant, Size, (int)Math.Min(ChunkLeaves, size - Size), cancellation);
            if (!leaves.IsOk) return leaves.Problem;
            foreach (var leaf in leaves.Value) _frontier.Add(leaf, Keep);
            await StoreCompleteAsync(cancellation);
        }
        return null;
    }

    private void Keep(TreeNode node, MerkleHash hash)
    {
        if (node.Level % TreeTile.Height == 0) _complete[node.Level / TreeTile.Height].Add(hash);
    }

    private async ValueTask StoreCompleteAsync(CancellationToken cancellation)
    {
        for (var level = 1; level < _complete.Length; level++)
        {
            if (_complete[level].Count == 0) continue;
            await _store.Trees.AppendAsync(_tenant, level * TreeTile.Height, (Size >> level * TreeTile.Height) - _complete[level].Count, _complete[level], cancellation);
            _complete[level].Clear();
        }
    }

    /// <returns>False when a stored node could not be read.</returns>
    private async ValueTask<bool> TakeUpAsync(long leavesMax, CancellationToken cancellation)
    {
        var trees = _store.Trees;
        var kept = Math.Min(trees.Count(_tenant, TreeTile.Height), leavesMax >> TreeTile.Height);
        for (var level = 1; level <= TreeTile.LevelMax; level++)
        {
            var nodes = kept >> TreeTile.Height * (level - 1);
            var stored = trees.Count(_tenant, level * TreeTile.Height);
            if (stored > nodes) await trees.TruncateAsync(_tenant, level * TreeTile.Height, nodes, cancellation);
            else if (stored < nodes && !await FoldAsync(level, stored, nodes, cancellation)) return false;
        }
        for (var level = TreeTile.LevelMax; level >= 1; level--)
        {
            var first = level == TreeTile.LevelMax ? 0 : kept >> TreeTile.Height * level << TreeTile.Height;
            var count = (int)((kept >> TreeTile.Height * (level - 1)) - first);
            if (count == 0) continue;
            var nodes = await trees.ReadAsync(_tenant, level * TreeTile.Height, first, count, cancellation);
            if (!nodes.IsOk) return false;
            foreach (var node in nodes.Value) _frontier.Add(level * TreeTile.Height, node);
        }
        return true;
    }

    /// <summary>Computes nodes of a level from the stored level below, where an interruption kept them from being stored.</summary>
    private async ValueTask<bool> FoldAsync(int level, long from, long to, CancellationToken cancellation)
    {
        for (var index = from; index < to; index++)
        {
            var row = await _store.Trees.ReadAsync(_tenant, (level - 1) * TreeTile.Height, index << TreeTile.Height, TreeTile.WidthMax, cancellation);
            if (!row.IsOk) return false;
            await _store.Trees.AppendAsync(_tenant, level * TreeTile.Height, index, [TileTree.Fold(row.Value)], cancellation);
        }
        return true;
    }
}
