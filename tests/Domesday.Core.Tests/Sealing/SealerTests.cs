using Domesday.Core.Problems;
using Domesday.Core.Sealing;
using Domesday.Events.Merkle;

namespace Domesday.Core.Tests.Sealing;

/// <summary>Checkpoints follow the events, whatever happens in between.</summary>
public sealed class SealerTests : IDisposable
{
    private const string Acme = "acme";

    private readonly SealedFolder _folder = new();
    private readonly SyntheticStore _store = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(65_536)]
    [InlineData(70_000)]
    public async Task One_round_gives_a_ledger_a_signed_checkpoint_of_all_its_events(int size)
    {
        _store.SetSize(Acme, size);
        var sealer = _folder.Start(_store);
        await SealedFolder.SealAsync(sealer);
        Assert.Equal(new Checkpoint("domesday/acme", size, SyntheticStore.Root(Acme, size)), SealedFolder.Head(sealer, Acme));
        Assert.Equal(SyntheticStore.Nodes(Acme, 8, size).Length, _store.Trees.Count(Acme, 8));
        Assert.Equal(size >> 16, _store.Trees.Count(Acme, 16));
    }

    [Fact]
    public void A_ledger_without_events_has_the_checkpoint_of_the_empty_tree() =>
        Assert.Equal(new Checkpoint("domesday/acme", 0, MerkleHash.EmptyRoot), SealedFolder.Head(_folder.Start(_store), Acme));

    [Fact]
    public void After_a_start_the_answer_is_to_come_again_until_the_ledger_was_examined()
    {
        _store.SetSize(Acme, 3);
        var head = _folder.Start(_store).HeadOf(Acme);
        Assert.Equal(ProblemKind.Unavailable, head.Problem?.Kind);
        Assert.NotNull(head.Problem?.RetryAfter);
    }

    [Fact]
    public async Task A_new_ledger_has_the_empty_tree_until_its_first_checkpoint()
    {
        var sealer = _folder.Start(_store);
        _store.SetSize(Acme, 3);
        Assert.Equal(0, SealedFolder.Head(sealer, Acme).Size);
        await SealedFolder.SealAsync(sealer);
        Assert.Equal(3, SealedFolder.Head(sealer, Acme).Size);
    }

    [Fact]
    public async Task A_ledger_that_did_not_grow_costs_nothing_and_keeps_its_checkpoint()
    {
        _store.SetSize(Acme, 700);
        var sealer = _folder.Start(_store);
        await SealedFolder.SealAsync(sealer);
        var note = sealer.HeadOf(Acme).Value.Note;
        _store.Calls = 0;
        await SealedFolder.SealAsync(sealer);
        Assert.Equal(0, _store.Calls);
        Assert.Equal(note, sealer.HeadOf(Acme).Value.Note);
    }

    [Fact]
    public async Task Thousands_of_ledgers_are_sealed_in_one_round()
    {
        for (var tenant = 0; tenant < 3_000; tenant++) _store.SetSize($"tenant-{tenant}", 1 + tenant % 300);
        var sealer = _folder.Start(_store);
        await SealedFolder.SealAsync(sealer);
        Assert.All(_store.Tenants, tenant => Assert.Equal(_store.Size(tenant), SealedFolder.Head(sealer, tenant).Size));
        _store.SetSize("tenant-7", 500);
        _store.Calls = 0;
        await SealedFolder.SealAsync(sealer);
        Assert.Equal(500, SealedFolder.Head(sealer, "tenant-7").Size);
        Assert.InRange(_store.Calls, 1, 5);
    }

    [Fact]
    public async Task A_ledger_far_behind_does_not_keep_the_others_waiting()
    {
        _folder.Options = _folder.Options with { LeavesPerTurnMax = 1_000 };
        _store.SetSize("big", 5_500);
        _store.SetSize("small", 3);
        var sealer = _folder.Start(_store);
        Assert.True(await sealer.SealAsync(TestContext.Current.CancellationToken));
        Assert.Equal(3, SealedFolder.Head(sealer, "small").Size);
        Assert.False(sealer.HeadOf("big").IsOk);
        await SealedFolder.SealAsync(sealer);
        Assert.Equal(SyntheticStore.Root("big", 5_500), SealedFolder.Head(sealer, "big").Root);
    }

    [Fact]
    public async Task A_start_with_nothing_new_shows_the_same_checkpoint()
    {
        _store.SetSize(Acme, 70_000);
        var first = _folder.Start(_store);
        await SealedFolder.SealAsync(first);
        _store.Calls = 0;
        var second = _folder.Start(_store);
        await SealedFolder.SealAsync(second);
        Assert.Equal(first.HeadOf(Acme).Value, second.HeadOf(Acme).Value);
        Assert.InRange(_store.Calls, 1, 4);
    }

    /// <summary>From 65,000 events on, so that the first node of level 16 is among what is interrupted.</summary>
    [Fact]
    public async Task An_interruption_at_any_call_costs_nothing_but_time()
    {
        for (var failing = 1; ; failing++)
        {
            using var folder = new SealedFolder();
            var store = new SyntheticStore();
            store.SetSize(Acme, 65_000);
            await SealedFolder.SealAsync(folder.Start(store));
            store.SetSize(Acme, 66_100);
            (store.Calls, store.FailingCall) = (0, failing);
            var interrupted = folder.Start(store);
            await SealedFolder.SealAsync(interrupted);
            var wasReached = store.Calls >= failing;
            if (wasReached) Assert.False(interrupted.HeadOf(Acme) is { IsOk: true, Value.Size: 66_100 });

            (store.Calls, store.FailingCall) = (0, 0);
            var restarted = folder.Start(store);
            await SealedFolder.SealAsync(restarted);
            Assert.Empty(restarted.Broken);
            await AgreesAsync(store, restarted, 66_100);

            folder.Clock.Advance(TimeSpan.FromMinutes(1));
            await SealedFolder.SealAsync(interrupted);
            await AgreesAsync(store, interrupted, 66_100);
            if (!wasReached) break;
            Assert.InRange(failing, 1, 100);
        }
    }

    [Fact]
    public async Task A_tree_that_was_cut_off_anywhere_grows_again()
    {
        var random = new Random(4711);
        _store.SetSize(Acme, 140_000);
        await SealedFolder.SealAsync(_folder.Start(_store));
        for (var round = 0; round < 12; round++)
        {
            await _store.Trees.TruncateAsync(Acme, 8, random.Next((int)_store.Trees.Count(Acme, 8) + 1), TestContext.Current.CancellationToken);
            await _store.Trees.TruncateAsync(Acme, 16, random.Next((int)_store.Trees.Count(Acme, 16) + 1), TestContext.Current.CancellationToken);
            if (round % 3 == 0) await _store.Trees.TruncateAsync(Acme, 8, 0, TestContext.Current.CancellationToken);
            _store.SetSize(Acme, _store.Size(Acme) + random.Next(600));
            var sealer = _folder.Start(_store);
            await SealedFolder.SealAsync(sealer);
            Assert.Empty(sealer.Broken);
            await AgreesAsync(_store, sealer, _store.Size(Acme));
        }
    }

    [Fact]
    public async Task Nodes_that_no_checkpoint_covers_are_built_again_from_the_entries()
    {
        _store.SetSize(Acme, 300);
        await SealedFolder.SealAsync(_folder.Start(_store));
        await _store.Trees.AppendAsync(Acme, 8, 1, [MerkleHash.EmptyRoot, MerkleHash.EmptyRoot], TestContext.Current.CancellationToken);
        await _store.Trees.AppendAsync(Acme, 16, 0, [MerkleHash.EmptyRoot], TestContext.Current.CancellationToken);
        _store.SetSize(Acme, 1_000);
        var sealer = _folder.Start(_store);
        await SealedFolder.SealAsync(sealer);
        await AgreesAsync(_store, sealer, 1_000);
    }

    [Fact]
    public async Task A_forged_node_is_found_at_start_and_built_again()
    {
        _store.SetSize(Acme, 70_000);
        await SealedFolder.SealAsync(_folder.Start(_store));
        _store.ForgedNode = (8, 260);
        var sealer = _folder.Start(_store);
        await SealedFolder.SealAsync(sealer);
        Assert.Empty(sealer.Broken);
        Assert.Null(_store.ForgedNode);
        await AgreesAsync(_store, sealer, 70_000);
    }

    [Fact]
    public async Task A_node_that_cannot_be_read_at_start_is_built_again()
    {
        _store.SetSize(Acme, 3_000);
        await SealedFolder.SealAsync(_folder.Start(_store));
        _store.NodeProblem = level => new(ProblemKind.Corrupt, "a flipped bit");
        var sealer = _folder.Start(_store);
        await SealedFolder.SealAsync(sealer);
        _store.NodeProblem = _ => null;
        await AgreesAsync(_store, sealer, 3_000);
    }

    [Fact]
    public async Task A_damaged_ledger_waits_and_the_others_go_on()
    {
        _store.SetSize(Acme, 10);
        _store.SetSize("other", 10);
        _store.LeafProblem = tenant => tenant == Acme ? new(ProblemKind.Corrupt, "a flipped bit") : null;
        var sealer = _folder.Start(_store);
        await SealedFolder.SealAsync(sealer);
        Assert.Equal(10, SealedFolder.Head(sealer, "other").Size);
        Assert.Equal(ProblemKind.Unavailable, sealer.HeadOf(Acme).Problem?.Kind);
        _store.LeafProblem = _ => null;
        _folder.Clock.Advance(TimeSpan.FromMinutes(1));
        await SealedFolder.SealAsync(sealer);
        Assert.Equal(10, SealedFolder.Head(sealer, Acme).Size);
    }

    [Fact]
    public async Task A_checkpoint_that_cannot_be_recorded_is_not_shown()
    {
        _store.SetSize(Acme, 10);
        var sealer = _folder.Start(_store);
        var inTheWay = Directory.CreateDirectory(_folder.CheckpointFile + ".new");
        await SealedFolder.SealAsync(sealer);
        Assert.False(sealer.HeadOf(Acme).IsOk);
        inTheWay.Delete();
        _folder.Clock.Advance(TimeSpan.FromMinutes(1));
        await SealedFolder.SealAsync(sealer);
        Assert.Equal(10, SealedFolder.Head(sealer, Acme).Size);
    }

    private static async Task AgreesAsync(SyntheticStore store, Sealer sealer, long size)
    {
        Assert.Equal(new Checkpoint("domesday/acme", size, SyntheticStore.Root(Acme, size)), SealedFolder.Head(sealer, Acme));
        foreach (var level in (int[])[8, 16, 24])
        {
            var expected = SyntheticStore.Nodes(Acme, level, size);
            Assert.Equal(expected.Length, store.Trees.Count(Acme, level));
            if (expected.Length > 0) Assert.Equal(expected, (await store.Trees.ReadAsync(Acme, level, 0, expected.Length, TestContext.Current.CancellationToken)).Value);
        }
    }
}
