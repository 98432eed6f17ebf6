using System.Numerics;

namespace Domesday.Events.Merkle;

/// <summary>Shows that an older tree is the beginning of a newer one.</summary>
/// <remarks>Source: RFC 6962 §2.1.2; checking as in RFC 9162 §2.1.4.2.</remarks>
public static class ConsistencyProof
{
    /// <summary>Computes the proof between two sizes of one tree.</summary>
    /// <param name="from">Size of the older tree, 1 to <paramref name="to"/>.</param>
    /// <param name="root">Hash of the leaves first to first + count − 1, for any range that <see cref="TreeMath.Split"/> yields.</param>
    /// <exception cref="ArgumentOutOfRangeException">The older tree is empty or larger than the newer one.</exception>
    public static async ValueTask<IReadOnlyList<MerkleHash>> BuildAsync(long from, long to, Func<long, long, ValueTask<MerkleHash>> root)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, to);
        var path = new List<MerkleHash>();
        long first = 0;
        var (older, size, whole) = (from, to, true);
        while (older != size)
        {
            var split = TreeMath.Split(size);
            if (older <= split)
            {
                path.Add(await root(first + split, size - split));
                size = split;
            }
            else
            {
                path.Add(await root(first, split));
                (first, older, size, whole) = (first + split, older - split, size - split, false);
            }
        }
        if (!whole) path.Add(await root(first, size));
        path.Reverse();
        return path;
    }

    /// <summary>Whether the path shows that the tree with <paramref name="fromRoot"/> is the beginning of the one with <paramref name="toRoot"/>.</summary>
    public static bool Verify(long from, long to, MerkleHash fromRoot, MerkleHash toRoot, IReadOnlyList<MerkleHash> path)
    {
        if (from < 1 || from > to) return from == 0 && to >= 0 && path.Count == 0 && fromRoot == MerkleHash.EmptyRoot;
        if (from == to) return path.Count == 0 && fromRoot == toRoot;
        var position = 0;
        var (older, newer) = (from - 1, to - 1);
        while ((older & 1) == 1) (older, newer) = (older >> 1, newer >> 1);
        if (!BitOperations.IsPow2(from) && path.Count == 0) return false;
        var oldHash = BitOperations.IsPow2(from) ? fromRoot : path[position++];
        var newHash = oldHash;
        for (; position < path.Count; position++)
        {
            if (newer == 0) return false;
            if ((older & 1) == 1 || older == newer)
            {
                oldHash = MerkleHash.OfChildren(path[position], oldHash);
                newHash = MerkleHash.OfChildren(path[position], newHash);
                while ((older & 1) == 0 && older != 0) (older, newer) = (older >> 1, newer >> 1);
            }
            else
            {
                newHash = MerkleHash.OfChildren(newHash, path[position]);
            }
            (older, newer) = (older >> 1, newer >> 1);
        }
        return newer == 0 && oldHash == fromRoot && newHash == toRoot;
    }
}
