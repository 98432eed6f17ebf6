using Domesday.Events.Merkle;

namespace Domesday.Events.Tests.Merkle;

public class TreeFrontierTests
{
    private const int SizeMax = 1_100;

    private static readonly ReferenceTree Tree = ReferenceTree.Counting(SizeMax);

    [Fact]
    public void A_growing_tree_has_the_root_of_its_size_at_every_size()
    {
        var frontier = new TreeFrontier();
        for (var size = 1; size <= SizeMax; size++)
        {
            frontier.Add(Tree.Leaves[size - 1]);
            Assert.Equal(size, frontier.Size);
            if (frontier.Root != Tree.Root(size)) Assert.Fail($"Size {size}");
        }
    }

    [Fact]
    public void Every_complete_node_is_told_once_when_it_is_complete()
    {
        var told = new List<TreeNode>();
        var frontier = new TreeFrontier();
        foreach (var leaf in Tree.Leaves)
        {
            frontier.Add(leaf, (node, hash) =>
            {
                Assert.Equal(Tree.Range(node.FirstLeaf, node.Leaves), hash);
                Assert.Equal(frontier.Size + 1, node.FirstLeaf + node.Leaves);
                told.Add(node);
            });
        }
        var expected = Enumerable.Range(1, 10).SelectMany(level => Enumerable.Range(0, SizeMax >> level).Select(index => new TreeNode(level, index)));
        Assert.Equal(expected.ToHashSet(), told.ToHashSet());
        Assert.Distinct(told);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(777)]
    [InlineData(1_024)]
    public void A_tree_taken_up_from_its_subtrees_goes_on_as_the_first(int size)
    {
        var frontier = new TreeFrontier();
        foreach (var node in TreeMath.Cover(0, size)) frontier.Add(node.Level, Tree.Range(node.FirstLeaf, node.Leaves));
        Assert.Equal(Tree.Root(size), frontier.Root);
        for (var leaf = size; leaf < SizeMax; leaf++) frontier.Add(Tree.Leaves[leaf]);
        Assert.Equal(Tree.Root(SizeMax), frontier.Root);
    }

    [Fact]
    public void A_subtree_in_a_place_that_is_not_its_own_is_refused()
    {
        var frontier = new TreeFrontier();
        frontier.Add(Tree.Leaves[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => frontier.Add(1, Tree.Range(0, 2)));
    }
}
