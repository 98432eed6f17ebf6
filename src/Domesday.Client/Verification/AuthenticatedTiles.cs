using Domesday.Events.Merkle;

namespace Domesday.Client.Verification;

/// <summary>Tiles of a log, each shown to belong to its signed root before it is handed out.</summary>
/// <remarks>
/// The tiles at the right edge make up the root. Every other tile is full, and its hash stands in the tile above it. Tiles above the leaves are
/// kept, of the leaves' own only some: memory is an eighth of a byte for each entry.
/// </remarks>
internal sealed class AuthenticatedTiles
{
    private const int LeafTilesMax = 64;

    private readonly LogReader _log;
    private readonly Dictionary<(int Level, long Index), MerkleHash[]> _kept = [];
    private readonly Dictionary<long, MerkleHash[]> _leaves = [];

    private AuthenticatedTiles(LogReader log, long size) => (_log, Size) = (log, size);

    public long Size { get; }

    /// <summary>Fetches the right edge and compares it with the root.</summary>
    /// <exception cref="LedgerBrokenException">The tiles do not have the root that was signed.</exception>
    public static async Task<AuthenticatedTiles> OpenAsync(LogReader log, Checkpoint checkpoint, CancellationToken cancellation)
    {
        var tiles = new AuthenticatedTiles(log, checkpoint.Size);
        var edge = new TileTree(checkpoint.Size, async tile => tiles._kept[(tile.Level, tile.Index)] = await tiles.FetchAsync(tile, cancellation));
        if (await edge.RootAsync(checkpoint.Size) != checkpoint.Root) throw new LedgerBrokenException($"The tiles at the right edge do not have the root that was signed for size {checkpoint.Size}.");
        return tiles;
    }

    /// <summary>The root that the first leaves have.</summary>
    /// <param name="size">0 to <see cref="Size"/>.</param>
    public ValueTask<MerkleHash> RootAsync(long size, CancellationToken cancellation) =>
        new TileTree(Size, tile => TileAsync(tile.Level, tile.Index, cancellation)).RootAsync(size);

    /// <summary>The leaf hashes from 256 × <paramref name="index"/> on.</summary>
    /// <exception cref="LedgerBrokenException">The log's leaf hashes do not fit its tree.</exception>
    public ValueTask<MerkleHash[]> LeavesAsync(long index, CancellationToken cancellation) => TileAsync(0, index, cancellation);

    /// <summary>The hash above 256 leaves, from 256 × <paramref name="index"/> on.</summary>
    public async ValueTask<MerkleHash> NodeAboveAsync(long index, CancellationToken cancellation) =>
        (await TileAsync(1, index >> TreeTile.Height, cancellation))[index & (TreeTile.WidthMax - 1)];

    private async ValueTask<MerkleHash[]> TileAsync(int level, long index, CancellationToken cancellation)
    {
        if (_kept.TryGetValue((level, index), out var kept)) return kept;
        if (level == 0 && _leaves.TryGetValue(index, out var leaves)) return leaves;
        var above = await TileAsync(level + 1, index >> TreeTile.Height, cancellation);
        var hashes = await FetchAsync(TreeTile.In(Size, level, index), cancellation);
        if (TileTree.Fold(hashes) != above[index & (TreeTile.WidthMax - 1)])
        {
            var covered = 1L << TreeTile.Height * (level + 1);
            throw new LedgerBrokenException($"The hashes of {TreeTile.In(Size, level, index).Path} do not fit the tree that was signed.", new SequenceRange(index * covered, index * covered + covered - 1));
        }
        if (level == 0) KeepLeaves(index, hashes);
        else _kept.Add((level, index), hashes);
        return hashes;
    }

    private void KeepLeaves(long index, MerkleHash[] hashes)
    {
        if (_leaves.Count == LeafTilesMax) _leaves.Clear();
        _leaves.Add(index, hashes);
    }

    private async Task<MerkleHash[]> FetchAsync(TreeTile tile, CancellationToken cancellation)
    {
        var bytes = await _log.RequiredAsync(tile.Path, cancellation);
        if (bytes.Length != tile.Width * MerkleHash.Size) throw new LedgerBrokenException($"{tile.Path} has {bytes.Length} bytes; it must have {tile.Width * MerkleHash.Size}.");
        return [.. Enumerable.Range(0, tile.Width).Select(place => new MerkleHash(bytes.Span.Slice(place * MerkleHash.Size, MerkleHash.Size)))];
    }
}
