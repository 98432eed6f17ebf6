using System.Numerics;

namespace Domesday.Events.Merkle;

/// <summary>A complete subtree: the node at <paramref name="Level"/> (0 for leaves) and <paramref name="Index"/>, covering 2^Level leaves from Index × 2^Level.</summary>
public readonly record struct TreeNode(int Level, long Index)
{
    public long FirstLeaf => Index << Level;

    public long Leaves => 1L << Level;
}

/// <summary>Which nodes make up a tree, a proof or a range of leaves.</summary>
/// <remarks>Source: RFC 6962 §2.1, with subtrees named by level and index.</remarks>
public static class TreeMath
{
    /// <summary>The fewest complete subtrees that cover <paramref name="count"/> leaves from <paramref name="first"/>, from left to right.</summary>
    public static IEnumerable<TreeNode> Cover(long first, long count)
    {
        var end = first + count;
        while (first < end)
        {
            var aligned = first == 0 ? 62 : BitOperations.TrailingZeroCount(first);
            var level = Math.Min(aligned, BitOperations.Log2((ulong)(end - first)));
            yield return new(level, first >> level);
            first += 1L << level;
        }
    }

    /// <summary>The largest power of two below <paramref name="size"/>; size is at least 2.</summary>
    public static long Split(long size) => 1L << BitOperations.Log2((ulong)(size - 1));
}
