using System.Diagnostics.Metrics;
using Domesday.Core.Access;
using Domesday.Core.Alerts;
using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Core.Forwarding;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Server.Tests.Api;
using Domesday.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Server.Tests.Workers;

/// <summary>What a ledger that cannot be read does to the rules that look at it, and at others.</summary>
public sealed class AlertWatchTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly TestFolder _folder = new();
    private readonly MemoryStore _store;
    private readonly AppendPipeline _pipeline;
    private readonly Meter _meter = new("test");
    private ControlLedger _ledger = null!;

    public AlertWatchTests()
    {
        _store = new(_time);
        _pipeline = new(_store, EventLimits.Default, _time, new AppendMetrics(_meter));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _ledger = await ControlLedger.OpenAsync(_store, _pipeline, NullLogger.Instance, Cancellation);

    public ValueTask DisposeAsync()
    {
        _ledger.Dispose();
        _meter.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Events_that_are_looked_at_again_after_a_failure_count_once_and_other_tenants_are_looked_at_meanwhile()
    {
        await RuleAsync("broken", 200);
        await RuleAsync("whole", 150);
        // The damage shows behind the first hundred.
        await AppendAsync("broken", 150);
        await AppendAsync("whole", 150);
        var reader = new FailingReader(_store, 1) { Tenant = "broken" };
        var watch = new AlertWatch(_ledger, _store, reader, _pipeline, _ => EventFilter.All, new FolderFiles(_folder["alerts"]), _time, NullLogger<AlertWatch>.Instance);
        await watch.TurnAsync(Cancellation);
        Assert.Equal((0, 1), (await RaisedAsync("broken"), await RaisedAsync("whole")));
        reader.IsMended = true;
        await watch.TurnAsync(Cancellation);
        Assert.Equal(0, await RaisedAsync("broken"));
        await AppendAsync("broken", 50);
        await watch.TurnAsync(Cancellation);
        Assert.Equal(1, await RaisedAsync("broken"));
    }

    private async Task RuleAsync(string tenant, int count)
    {
        await new TenantDirectory(_ledger, _time).CreateAsync(ChangeAuthor.Service, tenant, null, new RetentionPolicy(), Cancellation);
        var rules = new AlertDirectory(_ledger, _ => EventFilter.All, (_, _) => null, _store.Size, _time);
        Assert.Null((await rules.CreateAsync(ChangeAuthor.Service, tenant, new() { Name = "many", Condition = "count", Count = count, WindowSeconds = 3_600 }, Cancellation)).Problem);
    }

    private async Task AppendAsync(string tenant, int count)
    {
        var events = Enumerable.Range(0, count).Select(_ => (ReadOnlyMemory<byte>)EventJson.Write(new() { Id = Guid.NewGuid().ToString(), Action = "create" }));
        Assert.Null((await _pipeline.AppendAsync(new(tenant, "native", [.. events]), Cancellation)).Problem);
    }

    private async Task<int> RaisedAsync(string tenant)
    {
        var raised = 0;
        await foreach (var batch in _store.ReadAsync(AccessScope.WholeTenant(tenant), EventFilter.All, EventOrder.Sequence, false, Cancellation))
            raised += batch.Count(entry => EventJson.Read(entry.Bytes.Span).Operation == "alert.fired");
        return raised;
    }
}
