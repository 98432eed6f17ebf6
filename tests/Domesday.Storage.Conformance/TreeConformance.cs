using Domesday.Core.Storage;
using Domesday.Events.Merkle;

namespace Domesday.Storage.Conformance;

/// <summary>What the sealing worker is promised about the nodes that it keeps.</summary>
public abstract class TreeConformance(IStoreFactory factory) : StoreConformance(factory)
{
    private ITreeStore Trees => Store.Trees;

    [Fact]
    public async Task A_level_nobody_wrote_is_empty()
    {
        Assert.Equal(0, Trees.Count(Tenant, 8));
        await AppendManyAsync(2);
        Assert.Equal(0, Trees.Count(Tenant, 8));
        Assert.Equal(0, Trees.Count(Tenant, 16));
    }

    [Fact]
    public async Task Nodes_are_read_back_in_every_range()
    {
        await AppendManyAsync(1);
        var nodes = Nodes(0, 600);
        await Trees.AppendAsync(Tenant, 8, 0, nodes[..1], Cancellation);
        await Trees.AppendAsync(Tenant, 8, 1, nodes[1..255], Cancellation);
        await Trees.AppendAsync(Tenant, 8, 255, nodes[255..], Cancellation);
        Assert.Equal(600, Trees.Count(Tenant, 8));
        foreach (var (first, count) in new[] { (0, 600), (0, 1), (254, 3), (599, 1), (256, 256), (300, 0) })
        {
            Assert.Equal(nodes.AsSpan(first, count).ToArray(), Value(await Trees.ReadAsync(Tenant, 8, first, count, Cancellation)));
        }
    }

    [Fact]
    public async Task Levels_and_tenants_are_apart()
    {
        await AppendToAsync("one", Event("e"));
        await AppendToAsync("two", Event("e"));
        await Trees.AppendAsync("one", 8, 0, Nodes(0, 3), Cancellation);
        await Trees.AppendAsync("one", 16, 0, Nodes(3, 2), Cancellation);
        await Trees.AppendAsync("two", 8, 0, Nodes(5, 1), Cancellation);
        Assert.Equal((3, 2, 1, 0), (Trees.Count("one", 8), Trees.Count("one", 16), Trees.Count("two", 8), Trees.Count("two", 16)));
        Assert.Equal(Nodes(0, 3), Value(await Trees.ReadAsync("one", 8, 0, 3, Cancellation)));
        Assert.Equal(Nodes(3, 2), Value(await Trees.ReadAsync("one", 16, 0, 2, Cancellation)));
        Assert.Equal(Nodes(5, 1), Value(await Trees.ReadAsync("two", 8, 0, 1, Cancellation)));
    }

    [Fact]
    public async Task What_was_cut_off_is_gone_and_is_built_again()
    {
        await AppendManyAsync(1);
        await Trees.AppendAsync(Tenant, 8, 0, Nodes(0, 10), Cancellation);
        await Trees.TruncateAsync(Tenant, 8, 4, Cancellation);
        Assert.Equal(4, Trees.Count(Tenant, 8));
        await Trees.AppendAsync(Tenant, 8, 4, Nodes(100, 2), Cancellation);
        Assert.Equal(Nodes(0, 4).Concat(Nodes(100, 2)), Value(await Trees.ReadAsync(Tenant, 8, 0, 6, Cancellation)));
        await Trees.TruncateAsync(Tenant, 8, 0, Cancellation);
        Assert.Equal(0, Trees.Count(Tenant, 8));
    }

    [Fact]
    public async Task An_attempt_that_comes_through_late_adds_nothing_a_second_time()
    {
        await AppendManyAsync(1);
        await Trees.AppendAsync(Tenant, 8, 0, Nodes(0, 3), Cancellation);
        foreach (var first in (long[])[0, 2, 4]) await Assert.ThrowsAnyAsync<IOException>(async () => await Trees.AppendAsync(Tenant, 8, first, Nodes(0, 3), Cancellation));
        Assert.Equal(3, Trees.Count(Tenant, 8));
        Assert.Equal(Nodes(0, 3), Value(await Trees.ReadAsync(Tenant, 8, 0, 3, Cancellation)));
    }

    private static MerkleHash[] Nodes(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(index => MerkleHash.OfLeaf(BitConverter.GetBytes(index)))];
}
