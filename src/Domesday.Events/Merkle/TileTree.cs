namespace Domesday.Events.Merkle;

/// <summary>Computes any hash of a tree from its tiles, for <see cref="InclusionProof.BuildAsync"/> and <see cref="ConsistencyProof.BuildAsync"/>.</summary>
/// <param name="size">Number of leaves.</param>
/// <param name="read">Hands out a tile's hashes, exactly as many as the tile is wide. Each tile is asked for once.</param>
/// <remarks>Keeps the tiles it has read: meant for one proof, or for what one reader needs.</remarks>
public sealed class TileTree(long size, Func<TreeTile, ValueTask<MerkleHash[]>> read)
{
    private readonly Dictionary<(int Level, long Index), MerkleHash[]> _tiles = [];

    public long Size => size;

    /// <summary>The root of the first <paramref name="leaves"/> leaves, 0 to <see cref="Size"/>.</summary>
    public ValueTask<MerkleHash> RootAsync(long leaves) => RangeAsync(0, leaves);

    /// <summary>Hash of the leaves first to first + count − 1, for any range that <see cref="TreeMath.Split"/> yields; the empty root for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has fewer leaves.</exception>
    public async ValueTask<MerkleHash> RangeAsync(long first, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, size - first);
        if (count == 0) return MerkleHash.EmptyRoot;
        MerkleHash? hash = null;
        foreach (var node in TreeMath.Cover(first, count).Reverse())
        {
            var left = await NodeAsync(node);
            hash = hash is { } right ? MerkleHash.OfChildren(left, right) : left;
        }
        return hash!.Value;
    }

    /// <summary>Hash of a complete subtree.</summary>
    public async ValueTask<MerkleHash> NodeAsync(TreeNode node)
    {
        var (level, above) = Math.DivRem(node.Level, TreeTile.Height);
        var first = node.Index << above;
        var tile = await TileAsync(level, first >> TreeTile.Height);
        return Fold(tile.AsSpan((int)(first & (TreeTile.WidthMax - 1)), 1 << above));
    }

    /// <summary>The hashes of the tile at this place.</summary>
    public async ValueTask<MerkleHash[]> TileAsync(int level, long index)
    {
        if (_tiles.TryGetValue((level, index), out var tile)) return tile;
        tile = await read(TreeTile.In(size, level, index));
        _tiles.Add((level, index), tile);
        return tile;
    }

    /// <summary>The node above a row of hashes, as many as a power of two.</summary>
    public static MerkleHash Fold(ReadOnlySpan<MerkleHash> row)
    {
        if (row.Length == 1) return row[0];
        var half = row.Length / 2;
        return MerkleHash.OfChildren(Fold(row[..half]), Fold(row[half..]));
    }
}
