using System.Buffers;
using Domesday.Events.Merkle;

namespace Domesday.Events.Tests.Merkle;

/// <summary>C2SP tlog-tiles: where tiles are, how wide, and that any hash follows from them.</summary>
public class TileTests
{
    [Theory]
    [InlineData(0, 0, 256, "tile/0/000")]
    [InlineData(3, 7, 12, "tile/3/007.p/12")]
    [InlineData(0, 1234067, 256, "tile/0/x001/x234/067")]
    [InlineData(0, 1234067, 8, "tile/0/x001/x234/067.p/8")]
    [InlineData(1, 1000, 256, "tile/1/x001/000")]
    [InlineData(7, 999_999_999_999, 1, "tile/7/x999/x999/x999/999.p/1")]
    public void A_tile_has_the_path_of_the_specification(int level, long index, int width, string path)
    {
        var tile = new TreeTile(level, index, width);
        Assert.Equal(path, tile.Path);
        Assert.Equal(path.Replace($"tile/{level}/", "tile/entries/", StringComparison.Ordinal), tile.EntriesPath);
        Assert.True(TreeTile.TryParse(path.Split('/')[1], path[(path.IndexOf('/', 5) + 1)..], out var read));
        Assert.Equal(tile, read);
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0", "00")]
    [InlineData("0", "0000")]
    [InlineData("0", "x000/001")]
    [InlineData("0", "001/001")]
    [InlineData("0", "x01/001")]
    [InlineData("0", "x001")]
    [InlineData("0", "x001/x001")]
    [InlineData("0", "001.p/0")]
    [InlineData("0", "001.p/256")]
    [InlineData("0", "001.p/012")]
    [InlineData("0", "001.p/")]
    [InlineData("0", "001.p/1.p/1")]
    [InlineData("0", "001.p/-1")]
    [InlineData("0", "001.q/1")]
    [InlineData("0", "")]
    [InlineData("0", "-01")]
    [InlineData("0", "x999/x999/x999/x999/x999/x999/999")]
    [InlineData("00", "001")]
    [InlineData("64", "001")]
    [InlineData("-1", "001")]
    [InlineData("", "001")]
    [InlineData("data", "001")]
    public void Any_other_form_of_a_path_is_refused(string level, string place) => Assert.False(TreeTile.TryParse(level, place, out _));

    /// <summary>The example of the specification: 70,000 leaves.</summary>
    [Theory]
    [InlineData(0, 272, 256)]
    [InlineData(0, 273, 112)]
    [InlineData(0, 274, 0)]
    [InlineData(1, 0, 256)]
    [InlineData(1, 1, 17)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 0, 1)]
    [InlineData(3, 0, 0)]
    [InlineData(7, 0, 0)]
    [InlineData(8, 0, 0)]
    [InlineData(63, 0, 0)]
    [InlineData(0, long.MaxValue, 0)]
    public void A_tree_has_the_tiles_of_the_specification(int level, long index, int width)
    {
        Assert.Equal(width, TreeTile.WidthIn(70_000, level, index));
        Assert.False(new TreeTile(level, index, width + 1).IsIn(70_000));
        if (width > 0) Assert.True(new TreeTile(level, index, width).IsIn(70_000));
    }

    [Fact]
    public void The_largest_tree_has_tiles_up_to_the_highest_level() => Assert.Equal(127, TreeTile.WidthIn(long.MaxValue, TreeTile.LevelMax, 0));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(513)]
    [InlineData(70_000)]
    public async Task Every_root_and_proof_follows_from_tiles(int size)
    {
        var reference = ReferenceTree.Counting(size);
        var asked = new List<TreeTile>();
        var tree = new TileTree(size, tile =>
        {
            asked.Add(tile);
            return ValueTask.FromResult(reference.Tile(tile));
        });
        foreach (var part in (long[])[0, 1, size / 3, size / 2, size - 1, size]) Assert.Equal(reference.Root(part), await tree.RootAsync(part));
        foreach (var leaf in (long[])[0, size / 5, size / 2, size - 1])
        {
            Assert.True(InclusionProof.Verify(leaf, size, reference.Leaves[(int)leaf], await InclusionProof.BuildAsync(leaf, size, tree.RangeAsync), reference.Root(size)));
            Assert.True(ConsistencyProof.Verify(leaf + 1, size, reference.Root(leaf + 1), reference.Root(size), await ConsistencyProof.BuildAsync(leaf + 1, size, tree.RangeAsync)));
        }
        Assert.Distinct(asked);
        Assert.All(asked, tile => Assert.True(tile.Width > 0 && tile.IsIn(size)));
    }

    [Fact]
    public async Task What_lies_beyond_the_tree_is_refused()
    {
        var tree = new TileTree(10, _ => ValueTask.FromResult<MerkleHash[]>([]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await tree.RootAsync(11));
    }

    [Fact]
    public void A_bundle_gives_back_its_entries()
    {
        byte[][] entries = [[], [1], new byte[300], new byte[EventLimits.EntryBytesMax]];
        var bundle = new ArrayBufferWriter<byte>();
        foreach (var entry in entries) EntryBundle.Write(entry, bundle);
        Assert.Equal([0, 0, 0, 1, 1, 1, 44], bundle.WrittenSpan[..7].ToArray());
        Assert.True(EntryBundle.TrySplit(bundle.WrittenMemory, out var read));
        Assert.Equal(entries, read.Select(entry => entry.ToArray()));
        Assert.Throws<ArgumentOutOfRangeException>(() => EntryBundle.Write(new byte[EventLimits.EntryBytesMax + 1], bundle));
    }

    [Fact]
    public void A_bundle_that_ends_within_an_entry_is_refused()
    {
        var bundle = new ArrayBufferWriter<byte>();
        foreach (var entry in (byte[][])[[1, 2, 3], [4, 5]]) EntryBundle.Write(entry, bundle);
        var whole = Enumerable.Range(0, bundle.WrittenCount + 1).Where(length => EntryBundle.TrySplit(bundle.WrittenMemory[..length], out _));
        Assert.Equal([0, 5, 9], whole);
    }
}
