using System.Diagnostics.Metrics;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Retention;
using Domesday.Core.Sealing;
using Domesday.Events;
using Domesday.Events.Schema;
using Domesday.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Server.Tests.Retention;

/// <summary>A sweep over a model store, with a clock and a sealer that the test moves.</summary>
internal sealed class SweepBench : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Meter _meter = new("Domesday");
    private readonly AppendPipeline _pipeline;
    private readonly ServiceEventQueue _queue;
    private readonly ControlLedger _ledger;
    private readonly Sealer _sealer;

    private SweepBench(ManualTime time, MemoryStore store, AppendPipeline pipeline, ControlLedger ledger)
    {
        (Time, Store, _pipeline, _ledger) = (time, store, pipeline, ledger);
        _queue = new(pipeline, time, _meter, NullLogger.Instance);
        _sealer = Sealer.Open(store, new() { DataFolder = _folder["data"] }, _meter, time, NullLogger<Sealer>.Instance).Value;
        Policies = new(ledger);
        Sweep = new(store, ledger, new(store, ReadFilter), _sealer, _queue, new(_meter, new(store, () => ledger.State, time)), time, NullLogger<RetentionSweep>.Instance);
        Holds = new(ledger, Sweep, ReadFilter, time);
    }

    public ManualTime Time { get; }

    public MemoryStore Store { get; }

    public RetentionPolicies Policies { get; }

    public RetentionSweep Sweep { get; }

    /// <summary>Knows the filter <c>action=delete</c> alone.</summary>
    public HoldDirectory Holds { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<SweepBench> CreateAsync()
    {
        var time = new ManualTime();
        var store = new MemoryStore(time);
        var pipeline = new AppendPipeline(store, EventLimits.Default, time, new(new("Domesday")));
        return new(time, store, pipeline, await ControlLedger.OpenAsync(store, pipeline, NullLogger.Instance, Cancellation));
    }

    private static Result<EventFilter> ReadFilter(string text) =>
        text == "action=delete" ? new EventFilter { Conditions = [FieldCondition.Is(EventField.Action, "delete")] } : new Problem(ProblemKind.Invalid, "There is no such parameter.", "filter");

    public async Task<DueReport> DueAsync(string tenant)
    {
        var due = await Sweep.DueOfAsync(tenant, Cancellation);
        Assert.True(due.IsOk, due.Problem?.Detail);
        return due.Value;
    }

    public async Task<HoldRecord> HoldAsync(string tenant, Timestamp? from = null, Timestamp? to = null, string? filter = null)
    {
        var placed = await Holds.PlaceAsync(ChangeAuthor.Service, tenant, new("2 HKR 17/26", "order of the court", from, to, filter), Cancellation);
        Assert.True(placed.IsOk, placed.Problem?.Detail);
        return placed.Value;
    }

    public async Task AppendAsync(string ledger, int count, string action = "create")
    {
        var events = Enumerable.Range(0, count).Select(_ => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($$"""{"action":"{{action}}"}"""));
        Assert.True((await _pipeline.AppendAsync(new(ledger, "native", [.. events]), Cancellation)).IsOk);
    }

    public async Task SealAsync()
    {
        while (await _sealer.SealAsync(Cancellation))
        {
        }
    }

    public async Task KeepAsync(string tenant, int? days) =>
        Assert.True((await Policies.SetAsync(ChangeAuthor.Service, tenant, new() { Days = days }, null, Cancellation)).IsOk);

    public async Task<IReadOnlyList<long>> KeptAsync(string ledger)
    {
        var kept = new List<long>();
        await foreach (var batch in Store.ReadAsync(AccessScope.WholeTenant(ledger), EventFilter.All, EventOrder.Sequence, false, Cancellation)) kept.AddRange(batch.Select(entry => entry.Sequence));
        return kept;
    }

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        Sweep.Dispose();
        _ledger.Dispose();
        _sealer.Dispose();
        _meter.Dispose();
        _folder.Dispose();
    }
}
