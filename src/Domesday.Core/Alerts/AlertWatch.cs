using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Core.Export;
using Domesday.Core.Nodes;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Alerts;

/// <summary>Looks at every event of tenants that have rules, once: alerts are events with ids that follow from what raised them, so what a crash makes be looked at again raises nothing twice.</summary>
/// <param name="readFilter">Reads a filter in the form of a query's parameters.</param>
/// <param name="files">Where what rules remember lies.</param>
public sealed class AlertWatch(ControlLedger ledger, IEventStore store, IEventReader reader, AppendPipeline pipeline, Func<string, Result<EventFilter>> readFilter, IKeptFiles files, TimeProvider time, ILogger<AlertWatch> logger)
{
    /// <summary>Events of one turn of one tenant.</summary>
    private const int StepMax = 20_000;

    private readonly Dictionary<string, AlertState> _states = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>How often a rule raised an alert, and when last; null for never.</summary>
    public (long Fired, Timestamp? Last) HistoryOf(string tenant, string rule)
    {
        var state = Known(tenant) ?? TryLoad(tenant);
        lock (_lock)
        {
            if (state is null || !state.Rules.TryGetValue(rule, out var memory)) return (0, null);
            return (memory.Fired, memory.LastFired == 0 ? null : new Timestamp(memory.LastFired));
        }
    }

    /// <summary>Looks at what has come since the last turn.</summary>
    /// <returns>Whether there is more to look at right away.</returns>
    public async ValueTask<bool> TurnAsync(CancellationToken cancellation)
    {
        var more = false;
        var control = ledger.State;
        foreach (var tenant in control.Alerts.Values.Where(rule => !rule.Disabled && control.IsActive(rule.Tenant)).GroupBy(rule => rule.Tenant))
        {
            more |= await TryTurnAsync(tenant.Key, [.. tenant], cancellation);
        }
        return more;
    }

    /// <summary>Forgets what it has in memory: another node looks now, and knows better.</summary>
    public void Release()
    {
        lock (_lock) _states.Clear();
    }

    /// <summary>Raises an alert that says it is a test.</summary>
    public ValueTask<Problem?> TestAsync(AlertRecord rule, CancellationToken cancellation) => AppendAsync(rule.Tenant, [AlertRule.Test(rule, Guid.CreateVersion7(time.GetUtcNow()))], cancellation);

    /// <summary>What fails with one tenant is tried again with the next turn, and keeps no alerts from the others.</summary>
    private async ValueTask<bool> TryTurnAsync(string tenant, AlertRecord[] records, CancellationToken cancellation)
    {
        try
        {
            return await TurnAsync(tenant, records, cancellation);
        }
        catch (Exception exception)
        {
            // The rules may have counted events up to the failure: what was kept last has not, and looks at all of them once.
            lock (_lock) _states.Remove(tenant);
            if (exception is OperationCanceledException && cancellation.IsCancellationRequested) throw;
            AlertLog.NotLooked(logger, exception, tenant);
            return false;
        }
    }

    private async ValueTask<bool> TurnAsync(string tenant, AlertRecord[] records, CancellationToken cancellation)
    {
        var size = store.Size(tenant);
        var state = StateOf(tenant, records, size);
        var rules = Rules(records, state);
        var end = Math.Min(size, state.Next + StepMax);
        var alerts = new List<AuditEvent>();
        if (end > state.Next) await LookAsync(tenant, rules, state, end, alerts, cancellation);
        var now = Timestamp.FromDateTimeOffset(time.GetUtcNow()).Microseconds;
        if (end == size)
        {
            lock (_lock) alerts.AddRange(rules.Select(rule => rule.Silence(now, state.Rules[rule.Record.Id])).OfType<AuditEvent>());
        }
        if (end == state.Next && alerts.Count == 0) return false;
        // The alerts first: a stop in between raises them again, and the ledger knows them by their ids.
        if (alerts.Count > 0 && await AppendAsync(tenant, alerts, cancellation) is { } problem)
        {
            AlertLog.NotRaised(logger, tenant, alerts.Count, problem.Detail);
            lock (_lock) _states.Remove(tenant);
            return false;
        }
        state.Next = end;
        Save(tenant, state);
        return end < size;
    }

    private async ValueTask LookAsync(string tenant, List<AlertRule> rules, AlertState state, long end, List<AuditEvent> alerts, CancellationToken cancellation)
    {
        var fields = new EntryFields();
        var slices = new FieldSlice[EventSchema.Count];
        await foreach (var batch in reader.ReadAsync(AccessScope.WholeTenant(tenant), new() { FromSequence = state.Next, ToSequence = end }, EventOrder.Sequence, descending: false, cancellation))
        {
            lock (_lock)
            {
                foreach (var entry in batch)
                {
                    EntrySlicer.Slice(entry.Bytes.Span, slices);
                    fields.Read(entry);
                    // An alert about alerts would never end.
                    if (fields.Is(EventField.Operation, "alert.fired"u8)) continue;
                    var arrived = Timestamp.TryParse(fields.Raw(EventField.ReceivedAt), out var received, out _) ? received.Microseconds : fields.Time.Microseconds;
                    foreach (var rule in rules)
                    {
                        if (rule.Matches(entry.Bytes.Span, slices, entry.Sequence) && rule.Take(fields, arrived, state.Rules[rule.Record.Id]) is { } alert) alerts.Add(alert);
                    }
                }
            }
        }
    }

    private List<AlertRule> Rules(AlertRecord[] records, AlertState state)
    {
        var rules = new List<AlertRule>();
        foreach (var record in records)
        {
            var filter = record.Filter is null ? EventFilter.All : readFilter(record.Filter);
            if (!filter.IsOk) continue;
            lock (_lock)
            {
                if (!state.Rules.TryGetValue(record.Id, out var memory)) state.Rules[record.Id] = memory = new();
                if (memory.Version != record.Version)
                {
                    // Other groups, and a silence that begins anew; what it raised so far stays counted.
                    memory.Groups.Clear();
                    memory.Version = record.Version;
                }
            }
            rules.Add(new(record, filter.Value));
        }
        return rules;
    }

    private async ValueTask<Problem?> AppendAsync(string tenant, IReadOnlyList<AuditEvent> alerts, CancellationToken cancellation)
    {
        var now = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        var appended = await pipeline.AppendAsync(new(tenant, ServiceEventQueue.SourceKind, [.. alerts.Select(alert => (ReadOnlyMemory<byte>)EventJson.Write(alert with { Time = now }))]), cancellation);
        return appended.Problem;
    }

    private AlertState StateOf(string tenant, AlertRecord[] records, long size)
    {
        lock (_lock)
        {
            if (_states.TryGetValue(tenant, out var known) && known.Next <= size) return known;
            var loaded = Load(tenant);
            var state = loaded is not null && loaded.Next <= size ? loaded : new AlertState { Next = Math.Min(size, records.Min(record => record.StartSequence)) };
            return _states[tenant] = state;
        }
    }

    private AlertState? Load(string tenant)
    {
        try
        {
            return files.Read(FileOf(tenant)) is { } content ? JsonSerializer.Deserialize(content, AlertJson.Default.AlertState) : null;
        }
        catch (JsonException exception)
        {
            AlertLog.Forgotten(logger, tenant, exception.Message);
            return null;
        }
    }

    private void Save(string tenant, AlertState state)
    {
        byte[] bytes;
        lock (_lock) bytes = JsonSerializer.SerializeToUtf8Bytes(state, AlertJson.Default.AlertState);
        // Where that fails the memory is dropped, too: it may be behind what another node has kept meanwhile.
        files.Replace(FileOf(tenant), bytes);
    }

    private AlertState? Known(string tenant)
    {
        lock (_lock) return _states.GetValueOrDefault(tenant);
    }

    /// <summary>What another node keeps; null also when it cannot be read now.</summary>
    private AlertState? TryLoad(string tenant)
    {
        try
        {
            return Load(tenant);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string FileOf(string tenant) => tenant + ".json";
}
