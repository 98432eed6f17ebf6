using System.Buffers.Binary;
using Domesday.Events.Merkle;

namespace Domesday.Events.Tests.Merkle;

/// <summary>A tree by the letter of RFC 6962 §2.1: recursive, slow and obvious.</summary>
internal sealed class ReferenceTree
{
    private readonly MerkleHash[] _leaves;
    private readonly Dictionary<(long First, long Count), MerkleHash> _ranges = [];

    public ReferenceTree(IEnumerable<MerkleHash> leaves) => _leaves = [.. leaves];

    public IReadOnlyList<MerkleHash> Leaves => _leaves;

    /// <summary>Leaves that are the hashes of their own indices.</summary>
    public static ReferenceTree Counting(int size) => new(Enumerable.Range(0, size).Select(index => Leaf(index)));

    public static MerkleHash Leaf(long index)
    {
        Span<byte> entry = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(entry, index);
        return MerkleHash.OfLeaf(entry);
    }

    public MerkleHash Root(long size) => Range(0, size);

    /// <summary>MTH(D[first : first + count]).</summary>
    public MerkleHash Range(long first, long count)
    {
        if (count == 0) return MerkleHash.EmptyRoot;
        if (count == 1) return _leaves[first];
        if (_ranges.TryGetValue((first, count), out var hash)) return hash;
        long left = 1;
        while (left * 2 < count) left *= 2;
        hash = MerkleHash.OfChildren(Range(first, left), Range(first + left, count - left));
        _ranges.Add((first, count), hash);
        return hash;
    }

    public ValueTask<MerkleHash> RangeAsync(long first, long count) => ValueTask.FromResult(Range(first, count));

    /// <summary>The tile's hashes, each by its definition.</summary>
    public MerkleHash[] Tile(TreeTile tile)
    {
        var leaves = 1L << TreeTile.Height * tile.Level;
        return [.. Enumerable.Range(0, tile.Width).Select(place => Range((tile.Index * TreeTile.WidthMax + place) * leaves, leaves))];
    }
}
