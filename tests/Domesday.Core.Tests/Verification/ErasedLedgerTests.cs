using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;
using Domesday.Core.Tests.Sealing;
using Domesday.Core.Verification;
using Domesday.Events;
using Domesday.Events.Merkle;
using Domesday.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Core.Tests.Verification;

/// <summary>A ledger with erased events in its middle proves what it proved before.</summary>
public sealed class ErasedLedgerTests : IAsyncDisposable
{
    private const string Acme = "acme";
    private const int Size = 700;

    private readonly SealedFolder _folder = new();
    private readonly MemoryStore _store;
    private readonly AppendPipeline _pipeline;
    private readonly ServiceEventQueue _queue;

    public ErasedLedgerTests()
    {
        _store = new(_folder.Clock);
        _pipeline = new(_store, EventLimits.Default, TimeProvider.System, new(_folder.Meter));
        _queue = new(_pipeline, TimeProvider.System, _folder.Meter, NullLogger.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<Sealer> SealedAsync()
    {
        var events = Enumerable.Range(0, Size).Select(index => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($$"""{"id":"event-{{index}}","action":"create"}"""));
        Assert.True((await _pipeline.AppendAsync(new(Acme, "native", [.. events]), Cancellation)).IsOk);
        var sealer = _folder.Start(_store);
        await SealedFolder.SealAsync(sealer);
        return sealer;
    }

    private async Task EraseAsync(params long[] sequences) => Assert.Equal(sequences.Length, (await _store.EraseAsync(Acme, sequences, Cancellation)).Value);

    [Fact]
    public async Task Tiles_and_proofs_of_neighbours_and_of_the_erased_event_itself_are_as_before()
    {
        var sealer = await SealedAsync();
        var proofs = new LedgerProofs(_store, _store, sealer);
        var head = SealedFolder.Head(sealer, Acme);
        TreeTile[] tiles = [new(0, 0, 256), new(0, 1, 256), new(0, 2, 188), new(1, 0, 2)];
        var before = new List<MerkleHash[]>();
        foreach (var tile in tiles) before.Add((await proofs.TileAsync(Acme, tile, Cancellation)).Value);
        await EraseAsync(300, 301, 699);
        for (var i = 0; i < tiles.Length; i++) Assert.Equal(before[i], (await proofs.TileAsync(Acme, tiles[i], Cancellation)).Value);
        foreach (var sequence in (long[])[299, 300, 301, 302, 699])
        {
            var proven = (await proofs.InclusionAsync(Acme, sequence, null, Cancellation)).Value;
            Assert.True(InclusionProof.Verify(sequence, Size, proven.LeafHash, proven.Hashes, head.Root));
        }
        var consistency = (await proofs.ConsistencyAsync(Acme, 301, null, Cancellation)).Value;
        Assert.NotEmpty(consistency.Hashes);
    }

    [Fact]
    public async Task A_bundle_with_an_erased_entry_is_gone_and_names_the_tile_that_has_the_hashes()
    {
        var proofs = new LedgerProofs(_store, _store, await SealedAsync());
        await EraseAsync(300, 301);
        var gone = (await proofs.EntriesAsync(AccessScope.WholeTenant(Acme), new(0, 1, 256), Cancellation)).Problem;
        Assert.Equal((ProblemKind.Gone, "2 of these 256 entries are gone by retention or erasure; their hashes are in tile/0/001."), (gone?.Kind, gone?.Detail));
        var kept = (await proofs.KeptEntriesAsync(AccessScope.WholeTenant(Acme), new(0, 1, 256), Cancellation)).Value;
        Assert.True(EntryBundle.TrySplit(kept, out var entries));
        Assert.Equal([44, 45], Enumerable.Range(0, 256).Where(place => entries[place].IsEmpty));
        Assert.Equal((await proofs.TileAsync(Acme, new(0, 1, 256), Cancellation)).Value[255], MerkleHash.OfLeaf(entries[255].Span));
        Assert.True((await proofs.EntriesAsync(AccessScope.WholeTenant(Acme), new(0, 0, 256), Cancellation)).IsOk);
        Assert.True((await proofs.EntriesAsync(AccessScope.WholeTenant(Acme), new(0, 1, 44), Cancellation)).IsOk);
    }

    [Fact]
    public async Task A_full_verification_takes_the_kept_hashes_and_counts_them()
    {
        var sealer = await SealedAsync();
        await EraseAsync(0, 5, 6, 300, 699);
        using var verifier = new LedgerVerifier(_store, _store, sealer, _queue, TimeProvider.System);
        Assert.True(verifier.Start(Acme, ChangeAuthor.Service).IsOk);
        while (verifier.Of(Acme) is not { FinishedAt: not null }) await Task.Delay(5, Cancellation);
        var ended = verifier.Of(Acme)!;
        Assert.Equal((true, null, (long)Size, 5L), (ended.IsSound, ended.Fault, ended.Checked, ended.WithoutBody));
        Assert.Equal(SealedFolder.Head(sealer, Acme).Root.ToBase64(), ended.Root);
    }

    [Fact]
    public async Task A_tree_that_is_built_anew_over_erased_events_continues_the_checkpoint()
    {
        var root = SealedFolder.Head(await SealedAsync(), Acme).Root;
        await EraseAsync(0, 300, 699);
        await _store.Trees.TruncateAsync(Acme, 8, 0, Cancellation);
        var again = _folder.Start(_store);
        await SealedFolder.SealAsync(again);
        Assert.Null(again.BrokenReason(Acme));
        Assert.Equal(root, SealedFolder.Head(again, Acme).Root);
        Assert.Equal(2, _store.Trees.Count(Acme, 8));
    }
}
