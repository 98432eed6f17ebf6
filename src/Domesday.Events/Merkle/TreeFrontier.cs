using System.Numerics;

namespace Domesday.Events.Merkle;

/// <summary>The right edge of a growing tree: the roots of its complete subtrees, at most one of each level. Enough to add leaves and to know the root.</summary>
/// <remarks>Not for several threads at once.</remarks>
public sealed class TreeFrontier
{
    private readonly MerkleHash[] _roots = new MerkleHash[63];

    /// <summary>Number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>The root of the tree (RFC 6962 §2.1).</summary>
    public MerkleHash Root
    {
        get
        {
            if (Size == 0) return MerkleHash.EmptyRoot;
            var level = BitOperations.TrailingZeroCount(Size);
            var root = _roots[level];
            for (level++; Size >> level != 0; level++)
            {
                if ((Size >> level & 1) == 1) root = MerkleHash.OfChildren(_roots[level], root);
            }
            return root;
        }
    }

    /// <summary>Adds one leaf.</summary>
    /// <param name="completed">Told of every node above the leaves that is complete now, from the lowest up.</param>
    public void Add(in MerkleHash leaf, Action<TreeNode, MerkleHash>? completed = null) => Add(0, leaf, completed);

    /// <summary>Adds a complete subtree of 2^<paramref name="level"/> leaves.</summary>
    /// <param name="level">0 to 62.</param>
    /// <param name="completed">Told of every node above the added one that is complete now, from the lowest up.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tree's size is not a multiple of the subtree's.</exception>
    public void Add(int level, in MerkleHash root, Action<TreeNode, MerkleHash>? completed = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(Size & ((1L << level) - 1), 0, nameof(level));
        var end = checked(Size + (1L << level));
        var hash = root;
        for (; (Size >> level & 1) == 1; completed?.Invoke(new(level, (end >> level) - 1), hash))
        {
            hash = MerkleHash.OfChildren(_roots[level], hash);
            level++;
        }
        _roots[level] = hash;
        Size = end;
    }
}
