using Domesday.Events.Merkle;

namespace Domesday.Events.Tests.Merkle;

/// <summary>Proofs of every leaf and every pair of sizes, and what happens when one is tampered with.</summary>
public class ProofTests
{
    private const int SizeMax = 300;
    private const int TamperedSizeMax = 48;

    private static readonly ReferenceTree Tree = ReferenceTree.Counting(SizeMax);

    private static readonly MerkleHash Wrong = MerkleHash.OfLeaf("wrong"u8);

    [Fact]
    public async Task Every_leaf_of_every_size_has_a_proof_that_holds()
    {
        for (var size = 1; size <= SizeMax; size++)
        {
            for (var leaf = 0; leaf < size; leaf++)
            {
                var path = await InclusionProof.BuildAsync(leaf, size, Tree.RangeAsync);
                if (!InclusionProof.Verify(leaf, size, Tree.Leaves[leaf], path, Tree.Root(size))) Assert.Fail($"Leaf {leaf} of {size}");
            }
        }
    }

    [Fact]
    public async Task A_tampered_inclusion_proof_never_holds()
    {
        for (var size = 1; size <= TamperedSizeMax; size++)
        {
            for (var leaf = 0; leaf < size; leaf++)
            {
                var path = await InclusionProof.BuildAsync(leaf, size, Tree.RangeAsync);
                Assert.All(Tampered(path), bad => Assert.False(InclusionProof.Verify(leaf, size, Tree.Leaves[leaf], bad, Tree.Root(size))));
                Assert.False(InclusionProof.Verify(leaf, size, Wrong, path, Tree.Root(size)));
                Assert.False(InclusionProof.Verify(leaf, size, Tree.Leaves[leaf], path, Wrong));
                for (var other = -1; other <= size; other++)
                {
                    if (other != leaf) Assert.False(InclusionProof.Verify(other, size, Tree.Leaves[leaf], path, Tree.Root(size)));
                }
            }
        }
    }

    [Fact]
    public async Task Every_pair_of_sizes_has_a_proof_that_holds()
    {
        for (var to = 1; to <= SizeMax; to++)
        {
            for (var from = 1; from <= to; from++)
            {
                var path = await ConsistencyProof.BuildAsync(from, to, Tree.RangeAsync);
                if (!ConsistencyProof.Verify(from, to, Tree.Root(from), Tree.Root(to), path)) Assert.Fail($"From {from} to {to}");
            }
        }
    }

    [Fact]
    public async Task A_tampered_consistency_proof_never_holds()
    {
        for (var to = 1; to <= TamperedSizeMax; to++)
        {
            for (var from = 1; from <= to; from++)
            {
                var path = await ConsistencyProof.BuildAsync(from, to, Tree.RangeAsync);
                Assert.All(Tampered(path), bad => Assert.False(ConsistencyProof.Verify(from, to, Tree.Root(from), Tree.Root(to), bad)));
                Assert.False(ConsistencyProof.Verify(from, to, Wrong, Tree.Root(to), path));
                Assert.False(ConsistencyProof.Verify(from, to, Tree.Root(from), Wrong, path));
            }
        }
    }

    [Fact]
    public async Task A_ledger_that_was_rewritten_has_no_consistency_proof()
    {
        var rewritten = new ReferenceTree(Tree.Leaves.Select((leaf, index) => index == 20 ? Wrong : leaf));
        for (var from = 21; from <= 100; from++)
        {
            var path = await ConsistencyProof.BuildAsync(from, 100, rewritten.RangeAsync);
            Assert.False(ConsistencyProof.Verify(from, 100, Tree.Root(from), rewritten.Root(100), path));
        }
    }

    [Fact]
    public void Every_tree_continues_the_empty_one_and_none_shrinks()
    {
        Assert.True(ConsistencyProof.Verify(0, 7, MerkleHash.EmptyRoot, Tree.Root(7), []));
        Assert.False(ConsistencyProof.Verify(0, 7, Wrong, Tree.Root(7), []));
        Assert.False(ConsistencyProof.Verify(0, 7, MerkleHash.EmptyRoot, Tree.Root(7), [Wrong]));
        Assert.False(ConsistencyProof.Verify(8, 7, Tree.Root(8), Tree.Root(7), []));
        Assert.False(ConsistencyProof.Verify(-1, 7, Tree.Root(7), Tree.Root(7), []));
    }

    [Fact]
    public async Task Proofs_outside_of_the_tree_are_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await InclusionProof.BuildAsync(7, 7, Tree.RangeAsync));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await InclusionProof.BuildAsync(-1, 7, Tree.RangeAsync));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ConsistencyProof.BuildAsync(0, 7, Tree.RangeAsync));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ConsistencyProof.BuildAsync(8, 7, Tree.RangeAsync));
    }

    /// <summary>One hash exchanged, left out, doubled or moved; one added at either end.</summary>
    private static IEnumerable<MerkleHash[]> Tampered(IReadOnlyList<MerkleHash> path)
    {
        for (var place = 0; place < path.Count; place++)
        {
            MerkleHash[] exchanged = [.. path];
            exchanged[place] = Wrong;
            yield return exchanged;
            yield return [.. path.Take(place), .. path.Skip(place + 1)];
            yield return [.. path.Take(place + 1), .. path.Skip(place)];
        }
        if (path.Count > 1) yield return [.. path.Reverse()];
        yield return [Wrong, .. path];
        yield return [.. path, Wrong];
    }
}
