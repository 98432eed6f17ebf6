namespace Domesday.Events.Merkle;

/// <summary>Shows that a leaf is in a tree.</summary>
/// <remarks>Source: RFC 6962 §2.1.1; checking as in RFC 9162 §2.1.3.2.</remarks>
public static class InclusionProof
{
    /// <summary>Computes the path from leaf to root.</summary>
    /// <param name="leaf">0 to <paramref name="size"/> − 1.</param>
    /// <param name="root">Hash of the leaves first to first + count − 1, for any range that <see cref="TreeMath.Split"/> yields.</param>
    /// <exception cref="ArgumentOutOfRangeException">The leaf is not in the tree.</exception>
    public static async ValueTask<IReadOnlyList<MerkleHash>> BuildAsync(long leaf, long size, Func<long, long, ValueTask<MerkleHash>> root)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(leaf);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leaf, size);
        var path = new List<MerkleHash>();
        long first = 0;
        while (size > 1)
        {
            var split = TreeMath.Split(size);
            if (leaf - first < split)
            {
                path.Add(await root(first + split, size - split));
                size = split;
            }
            else
            {
                path.Add(await root(first, split));
                first += split;
                size -= split;
            }
        }
        path.Reverse();
        return path;
    }

    /// <summary>Whether the path leads from the leaf to the root.</summary>
    public static bool Verify(long leaf, long size, MerkleHash leafHash, IReadOnlyList<MerkleHash> path, MerkleHash root)
    {
        if (leaf < 0 || leaf >= size) return false;
        var (index, last) = (leaf, size - 1);
        var hash = leafHash;
        foreach (var sibling in path)
        {
            if (last == 0) return false;
            if ((index & 1) == 1 || index == last)
            {
                hash = MerkleHash.OfChildren(sibling, hash);
                while ((index & 1) == 0 && index != 0) (index, last) = (index >> 1, last >> 1);
            }
            else
            {
                hash = MerkleHash.OfChildren(hash, sibling);
            }
            (index, last) = (index >> 1, last >> 1);
        }
        return last == 0 && hash == root;
    }
}
