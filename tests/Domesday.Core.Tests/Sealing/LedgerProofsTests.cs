using System.Diagnostics.Metrics;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Merkle;
using Domesday.TestKit;

namespace Domesday.Core.Tests.Sealing;

/// <summary>What is handed out convinces somebody who has the key and the hash functions and nothing else.</summary>
public sealed class LedgerProofsTests : IDisposable
{
    private const string Acme = "acme";
    private const int Size = 70_000;

    private readonly SealedFolder _folder = new();
    private readonly SyntheticStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private async Task<(Sealer Sealer, LedgerProofs Proofs)> SealedAsync(long size)
    {
        _store.SetSize(Acme, size);
        var sealer = _folder.Start(_store);
        await SealedFolder.SealAsync(sealer);
        return (sealer, new(_store, new MemoryStore(_folder.Clock), sealer));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(255, null)]
    [InlineData(256, null)]
    [InlineData(65_535, null)]
    [InlineData(65_536, null)]
    [InlineData(69_999, null)]
    [InlineData(0, 1L)]
    [InlineData(0, 65_536L)]
    [InlineData(5, 257L)]
    public async Task An_events_proof_leads_to_the_root(long sequence, long? size)
    {
        var (_, proofs) = await SealedAsync(Size);
        var proven = (await proofs.InclusionAsync(Acme, sequence, size, Cancellation)).Value;
        Assert.Equal((sequence, size ?? Size), (proven.Sequence, proven.TreeSize));
        Assert.True(InclusionProof.Verify(sequence, proven.TreeSize, proven.LeafHash, proven.Hashes, SyntheticStore.Root(Acme, proven.TreeSize)));
        Assert.Equal(size is null, proven.Checkpoint?.StartsWith($"domesday/acme\n{Size}\n", StringComparison.Ordinal) ?? false);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, null)]
    [InlineData(256, null)]
    [InlineData(65_535, null)]
    [InlineData(65_536, null)]
    [InlineData(70_000, null)]
    [InlineData(300, 301L)]
    public async Task Two_sizes_have_a_proof_that_one_continues_the_other(long from, long? to)
    {
        var (_, proofs) = await SealedAsync(Size);
        var proven = (await proofs.ConsistencyAsync(Acme, from, to, Cancellation)).Value;
        Assert.Equal((from, to ?? Size), (proven.From, proven.To));
        Assert.True(ConsistencyProof.Verify(from, proven.To, SyntheticStore.Root(Acme, from), SyntheticStore.Root(Acme, proven.To), proven.Hashes));
    }

    [Fact]
    public async Task Proofs_beyond_the_checkpoint_are_refused_with_the_field()
    {
        var (_, proofs) = await SealedAsync(10);
        Assert.Equal("size", (await proofs.InclusionAsync(Acme, 3, 11, Cancellation)).Problem?.Field);
        Assert.Equal("size", (await proofs.InclusionAsync(Acme, 3, 3, Cancellation)).Problem?.Field);
        Assert.Equal("to", (await proofs.ConsistencyAsync(Acme, 3, 11, Cancellation)).Problem?.Field);
        Assert.Equal("from", (await proofs.ConsistencyAsync(Acme, 4, 3, Cancellation)).Problem?.Field);
        Assert.Equal("from", (await proofs.ConsistencyAsync(Acme, 11, null, Cancellation)).Problem?.Field);
        Assert.Equal(ProblemKind.NotFound, (await proofs.InclusionAsync(Acme, 10, null, Cancellation)).Problem?.Kind);
    }

    [Fact]
    public async Task Tiles_hold_the_nodes_of_the_tree()
    {
        var (_, proofs) = await SealedAsync(Size);
        var leaves = (await proofs.TileAsync(Acme, new(0, 273, 112), Cancellation)).Value;
        Assert.Equal((await _store.LeafHashesAsync(Acme, 273 * 256, 112, Cancellation)).Value, leaves);
        Assert.Equal(SyntheticStore.Nodes(Acme, 8, Size)[..256], (await proofs.TileAsync(Acme, new(1, 0, 256), Cancellation)).Value);
        Assert.Equal(SyntheticStore.Nodes(Acme, 8, Size)[256..], (await proofs.TileAsync(Acme, new(1, 1, 17), Cancellation)).Value);
        Assert.Equal(SyntheticStore.Nodes(Acme, 16, Size), (await proofs.TileAsync(Acme, new(2, 0, 1), Cancellation)).Value);
    }

    [Theory]
    [InlineData(0, 273, 256)]
    [InlineData(0, 273, 113)]
    [InlineData(0, 274, 1)]
    [InlineData(2, 0, 2)]
    [InlineData(3, 0, 1)]
    [InlineData(40, 0, 1)]
    public async Task Tiles_that_the_checkpoint_does_not_cover_are_not_there(int level, long index, int width)
    {
        var (_, proofs) = await SealedAsync(Size);
        _store.SetSize(Acme, Size + 100_000);
        Assert.Equal(ProblemKind.NotFound, (await proofs.TileAsync(Acme, new(level, index, width), Cancellation)).Problem?.Kind);
    }

    [Fact]
    public async Task A_node_that_cannot_be_read_is_built_again_while_the_service_runs()
    {
        var (sealer, proofs) = await SealedAsync(Size);
        _store.NodeProblem = _ => new(ProblemKind.Corrupt, "a flipped bit");
        Assert.Equal(ProblemKind.Unavailable, (await proofs.InclusionAsync(Acme, 5, null, Cancellation)).Problem?.Kind);
        _store.NodeProblem = _ => null;
        _store.Calls = 0;
        await SealedFolder.SealAsync(sealer);
        Assert.InRange(_store.Calls, Size / 4_096, int.MaxValue);
        Assert.True((await proofs.InclusionAsync(Acme, 5, null, Cancellation)).IsOk);
    }

    [Fact]
    public async Task A_damaged_entry_makes_its_proof_fail_and_says_so()
    {
        var (_, proofs) = await SealedAsync(10);
        _store.LeafProblem = _ => new(ProblemKind.Corrupt, "a flipped bit");
        Assert.Equal(ProblemKind.Corrupt, (await proofs.InclusionAsync(Acme, 5, null, Cancellation)).Problem?.Kind);
    }

    [Fact]
    public async Task A_bundle_holds_the_entries_that_hash_to_its_tile()
    {
        await using var store = new MemoryStore(_folder.Clock);
        await AppendAsync(store, 0, 300);
        var sealer = _folder.Start(store);
        await SealedFolder.SealAsync(sealer);
        var proofs = new LedgerProofs(store, store, sealer);
        await AppendAsync(store, 300, 10);
        foreach (var tile in (TreeTile[])[new(0, 0, 256), new(0, 1, 44), new(0, 1, 7)])
        {
            var bundle = (await proofs.EntriesAsync(AccessScope.WholeTenant(Acme), tile, Cancellation)).Value;
            Assert.True(EntryBundle.TrySplit(bundle, out var entries));
            Assert.Equal((await proofs.TileAsync(Acme, tile, Cancellation)).Value, entries.Select(entry => MerkleHash.OfLeaf(entry.Span)));
            Assert.Equal(tile.Index * 256, EventJson.Read(entries[0].Span).Sequence);
        }
        Assert.Equal(ProblemKind.NotFound, (await proofs.EntriesAsync(AccessScope.WholeTenant(Acme), new(0, 1, 45), Cancellation)).Problem?.Kind);
        await Assert.ThrowsAsync<ArgumentException>(async () => await proofs.EntriesAsync(AccessScope.OfProjects(Acme, ["p"]), new(0, 0, 256), Cancellation));
    }

    [Fact]
    public async Task While_events_arrive_every_checkpoint_continues_the_one_before()
    {
        await using var store = new MemoryStore(_folder.Clock);
        var sealer = _folder.Start(store);
        var proofs = new LedgerProofs(store, store, sealer);
        var writer = Task.Run(async () =>
        {
            for (var batch = 0; batch < 60; batch++) await AppendAsync(store, batch * 25, 25);
        }, Cancellation);
        var heads = new List<Checkpoint> { new("domesday/acme", 0, MerkleHash.EmptyRoot) };
        do
        {
            await sealer.SealAsync(Cancellation);
            var head = SealedFolder.Head(sealer, Acme);
            var proof = (await proofs.ConsistencyAsync(Acme, heads[^1].Size, head.Size, Cancellation)).Value;
            Assert.True(ConsistencyProof.Verify(heads[^1].Size, head.Size, heads[^1].Root, head.Root, proof.Hashes));
            heads.Add(head);
        }
        while (!writer.IsCompleted || heads[^1].Size < 1_500);
        await writer;
        Assert.Equal(1_500, heads[^1].Size);
    }

    private static async Task AppendAsync(MemoryStore store, int first, int count)
    {
        using var meter = new Meter("test");
        var pipeline = new AppendPipeline(store, EventLimits.Default, TimeProvider.System, new(meter));
        var events = Enumerable.Range(first, count).Select(index => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($$"""{"id":"event-{{index}}","action":"create"}"""));
        Assert.True((await pipeline.AppendAsync(new(Acme, "native", [.. events]), Cancellation)).IsOk);
    }
}
