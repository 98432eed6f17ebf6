using System.Diagnostics.Metrics;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;
using Domesday.TestKit;

namespace Domesday.Core.Tests.Sealing;

/// <summary>Somebody with the files but without the key cannot take back what was vouched for unnoticed.</summary>
public sealed class RollbackTests : IDisposable
{
    private const string Acme = "acme";

    private readonly SealedFolder _folder = new();
    private readonly SyntheticStore _store = new();

    public void Dispose() => _folder.Dispose();

    private async Task<Sealer> SealedAsync(long size)
    {
        _store.SetSize(Acme, size);
        var sealer = _folder.Start(_store);
        await SealedFolder.SealAsync(sealer);
        return sealer;
    }

    private async Task BrokenAsync(Sealer sealer, string reason)
    {
        var vouched = SealedFolder.Head(sealer, Acme);
        Assert.Contains(reason, Assert.Contains(Acme, sealer.Broken), StringComparison.Ordinal);
        _store.SetSize(Acme, _store.Size(Acme) + 1_000);
        _folder.Clock.Advance(TimeSpan.FromHours(1));
        await SealedFolder.SealAsync(sealer);
        Assert.Equal(vouched, SealedFolder.Head(sealer, Acme));
        var proofs = new LedgerProofs(_store, new MemoryStore(_folder.Clock), sealer);
        Assert.Equal(ProblemKind.Corrupt, (await proofs.TileAsync(Acme, new(0, 0, 1), TestContext.Current.CancellationToken)).Problem?.Kind);
        Assert.Equal(ProblemKind.Corrupt, (await proofs.InclusionAsync(Acme, 0, null, TestContext.Current.CancellationToken)).Problem?.Kind);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(599)]
    public async Task A_ledger_that_lost_its_end_gets_no_further_checkpoint(int left)
    {
        var before = SealedFolder.Head(await SealedAsync(600), Acme);
        var sealer = await SealedAsync(left);
        Assert.Equal(before, SealedFolder.Head(sealer, Acme));
        await BrokenAsync(sealer, "fewer than the 600");
    }

    [Fact]
    public async Task A_ledger_that_vanished_is_broken_too()
    {
        await SealedAsync(600);
        var empty = new SyntheticStore();
        var sealer = _folder.Start(empty);
        await SealedFolder.SealAsync(sealer);
        Assert.Contains(Acme, sealer.Broken);
        Assert.Equal(600, SealedFolder.Head(sealer, Acme).Size);
    }

    [Fact]
    public async Task An_old_backup_that_grew_again_with_other_events_is_broken()
    {
        await SealedAsync(600);
        _store.Rewritten.UnionWith([598, 599, 600, 601]);
        await BrokenAsync(await SealedAsync(700), "first 600 events are not the ones");
    }

    [Fact]
    public async Task A_rewritten_event_is_found_when_the_tree_is_made_to_fit_it()
    {
        await SealedAsync(70_000);
        _store.Rewritten.Add(5);
        await _store.Trees.TruncateAsync(Acme, 16, 0, TestContext.Current.CancellationToken);
        await _store.Trees.TruncateAsync(Acme, 8, 0, TestContext.Current.CancellationToken);
        await BrokenAsync(await SealedAsync(70_000), "first 70000 events are not the ones");
    }

    [Fact]
    public async Task A_ledger_that_shrinks_while_the_service_runs_is_broken()
    {
        var sealer = await SealedAsync(600);
        _store.SetSize(Acme, 500);
        await SealedFolder.SealAsync(sealer);
        await BrokenAsync(sealer, "fewer than the 600");
    }

    [Fact]
    public async Task The_other_ledgers_are_sealed_as_before()
    {
        _store.SetSize("other", 5);
        await SealedAsync(600);
        _store.SetSize("other", 50);
        var sealer = await SealedAsync(10);
        Assert.Equal(50, SealedFolder.Head(sealer, "other").Size);
        Assert.Single(sealer.Broken);
    }

    [Fact]
    public async Task Put_back_as_it_was_the_ledger_goes_on_after_a_start()
    {
        await SealedAsync(600);
        Assert.Single((await SealedAsync(10)).Broken);
        var sealer = await SealedAsync(601);
        Assert.Empty(sealer.Broken);
        Assert.Equal(SyntheticStore.Root(Acme, 601), SealedFolder.Head(sealer, Acme).Root);
    }

    [Fact]
    public async Task A_record_that_another_key_signed_stops_the_start()
    {
        await SealedAsync(600);
        var (key, record) = (File.ReadAllBytes(_folder.KeyFile), File.ReadAllBytes(_folder.CheckpointFile));
        File.Delete(_folder.KeyFile);
        Assert.Contains("is missing", _folder.TryStart(_store).Problem?.Detail, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.KeyFile));

        File.Delete(_folder.CheckpointFile);
        _folder.Start(_store);
        File.WriteAllBytes(_folder.CheckpointFile, record);
        Assert.Contains("signing key did not sign", _folder.TryStart(_store).Problem?.Detail, StringComparison.Ordinal);

        File.WriteAllBytes(_folder.KeyFile, key);
        _folder.Start(_store);
    }

    [Fact]
    public async Task Another_origin_stops_the_start()
    {
        await SealedAsync(600);
        _folder.Options = _folder.Options with { Origin = "elsewhere.example" };
        Assert.Contains("elsewhere.example/acme", _folder.TryStart(_store).Problem?.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a+b")]
    public void An_origin_that_notes_cannot_carry_stops_the_start(string origin)
    {
        _folder.Options = _folder.Options with { Origin = origin };
        Assert.Equal("DOMESDAY_ORIGIN", _folder.TryStart(_store).Problem?.Field);
    }

    [Fact]
    public async Task Metrics_say_how_far_sealing_is_behind_and_what_is_broken()
    {
        var measured = new Dictionary<string, double>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Meter == _folder.Meter) self.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.Start();
        var sealer = await SealedAsync(600);
        listener.RecordObservableInstruments();
        Assert.Equal((0, 0, 0), (measured["domesday_sealing_lag_events"], measured["domesday_sealing_lag_seconds"], measured["domesday_ledgers_broken"]));
        _store.SetSize(Acme, 607);
        _store.LeafProblem = _ => new(ProblemKind.Unavailable, "not now");
        await SealedFolder.SealAsync(sealer);
        _folder.Clock.Advance(TimeSpan.FromSeconds(3));
        listener.RecordObservableInstruments();
        Assert.Equal((7, 3, 0), (measured["domesday_sealing_lag_events"], measured["domesday_sealing_lag_seconds"], measured["domesday_ledgers_broken"]));
        _store.SetSize(Acme, 500);
        _folder.Clock.Advance(TimeSpan.FromMinutes(1));
        await SealedFolder.SealAsync(sealer);
        listener.RecordObservableInstruments();
        Assert.Equal((0, 0, 1), (measured["domesday_sealing_lag_events"], measured["domesday_sealing_lag_seconds"], measured["domesday_ledgers_broken"]));
    }
}
