using Domesday.Events.Merkle;

namespace Domesday.Events.Tests.Merkle;

/// <summary>The eight leaves that certificate transparency's implementations test with.</summary>
/// <remarks>Source: google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc.</remarks>
public class TreeVectorTests
{
    private static readonly string[] Entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] Roots =
    [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    private const string Node01 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
    private const string Node23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
    private const string Node03 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";
    private const string Node45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
    private const string Node67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
    private const string Node47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
    private const string Leaf0 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
    private const string Leaf1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
    private const string Leaf4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";

    private static MerkleHash Leaf(int index) => MerkleHash.OfLeaf(Convert.FromHexString(Entries[index]));

    private static MerkleHash Hash(string hex) => new(Convert.FromHexString(hex));

    private static TreeFrontier Frontier(int size)
    {
        var frontier = new TreeFrontier();
        for (var leaf = 0; leaf < size; leaf++) frontier.Add(Leaf(leaf));
        return frontier;
    }

    [Fact]
    public void A_tree_without_leaves_has_the_hash_of_nothing()
    {
        Assert.Equal(Hash("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), MerkleHash.EmptyRoot);
        Assert.Equal(MerkleHash.EmptyRoot, new TreeFrontier().Root);
    }

    [Fact]
    public void Every_size_has_the_known_root() =>
        Assert.Equal(Roots.Select(Hash), Enumerable.Range(1, 8).Select(size => Frontier(size).Root));

    public static TheoryData<int, int, string[]> Paths => new()
    {
        { 0, 1, [] },
        { 0, 8, [Leaf1, Node23, Node47] },
        { 5, 8, [Leaf4, Node67, Node03] },
        { 2, 3, [Node01] },
        { 1, 5, [Leaf0, Node23, Leaf4] },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Inclusion_proofs_have_the_known_hashes(int leaf, int size, string[] path)
    {
        var tree = new ReferenceTree(Enumerable.Range(0, size).Select(Leaf));
        Assert.Equal(path.Select(Hash), await InclusionProof.BuildAsync(leaf, size, tree.RangeAsync));
        Assert.True(InclusionProof.Verify(leaf, size, Leaf(leaf), [.. path.Select(Hash)], Hash(Roots[size - 1])));
    }

    public static TheoryData<int, int, string[]> Consistencies => new()
    {
        { 1, 1, [] },
        { 1, 8, [Leaf1, Node23, Node47] },
        { 6, 8, [Node45, Node67, Node03] },
        { 2, 5, [Node23, Leaf4] },
    };

    [Theory]
    [MemberData(nameof(Consistencies))]
    public async Task Consistency_proofs_have_the_known_hashes(int from, int to, string[] path)
    {
        var tree = new ReferenceTree(Enumerable.Range(0, to).Select(Leaf));
        Assert.Equal(path.Select(Hash), await ConsistencyProof.BuildAsync(from, to, tree.RangeAsync));
        Assert.True(ConsistencyProof.Verify(from, to, Hash(Roots[from - 1]), Hash(Roots[to - 1]), [.. path.Select(Hash)]));
    }
}
