using System.Security.Cryptography;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Schema;

namespace Domesday.Core.Alerts;

/// <summary>What a rule shall be, or what shall be different about it: null leaves it as it is.</summary>
public sealed record AlertWish
{
    public string? Name { get; init; }

    /// <summary>Empty for all events.</summary>
    public string? Filter { get; init; }

    public string? Condition { get; init; }

    public int? Count { get; init; }

    public int? WindowSeconds { get; init; }

    public IReadOnlyList<string>? GroupBy { get; init; }

    public int? CooldownSeconds { get; init; }

    public string? Severity { get; init; }

    /// <summary>Ids or names of sinks.</summary>
    public IReadOnlyList<string>? Channels { get; init; }

    public bool? Disabled { get; init; }

    /// <summary>Seconds from now on; 0 ends it.</summary>
    public int? MuteSeconds { get; init; }

    /// <summary>The version that the changer saw; null when it does not mind.</summary>
    public long? Version { get; init; }
}

/// <summary>Makes, changes and deletes the rules that tell people when something happens.</summary>
/// <param name="readFilter">Reads a filter in the form of a query's parameters.</param>
/// <param name="findSink">A tenant's sink by id or name: its id, and whether it is a channel; null for none.</param>
/// <param name="size">How many events a tenant's ledger has.</param>
public sealed class AlertDirectory(ControlLedger ledger, Func<string, Result<EventFilter>> readFilter, Func<string, string, (string Id, bool IsChannel)?> findSink, Func<string, long> size, TimeProvider time)
{
    private const int RulesMax = 200;
    private const int GroupsByMax = 3;
    private const int IdBytes = 8;

    private static readonly Problem NotFound = new(ProblemKind.NotFound, "There is no such alert.");

    /// <summary>All rules of a tenant, oldest first.</summary>
    public IReadOnlyList<AlertRecord> Of(string tenant) => [.. ledger.State.Alerts.Values.Where(rule => rule.Tenant == tenant).OrderBy(rule => rule.CreatedAt).ThenBy(rule => rule.Id, StringComparer.Ordinal)];

    /// <param name="reference">Id or name.</param>
    public Result<AlertRecord> Find(string tenant, string reference)
    {
        var all = Of(tenant);
        return (all.FirstOrDefault(rule => rule.Id == reference) ?? all.FirstOrDefault(rule => rule.Name == reference)) is { } found ? found : NotFound;
    }

    public async ValueTask<Result<AlertRecord>> CreateAsync(ChangeAuthor author, string tenant, AlertWish wish, CancellationToken cancellation)
    {
        var record = Apply(new AlertRecord
        {
            Id = "alr_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)),
            Tenant = tenant,
            Name = "",
            Condition = AlertConditions.Each,
            CooldownSeconds = 300,
            Severity = "warning",
            StartSequence = size(tenant),
            CreatedAt = Now,
            UpdatedAt = Now,
        }, wish);
        if (!record.IsOk) return record.Problem;
        var changed = await ledger.ChangeAsync(author, state =>
        {
            if (state.Alerts.Values.Count(rule => rule.Tenant == tenant) >= RulesMax) return new Problem(ProblemKind.Conflict, $"A tenant has at most {RulesMax} alerts.");
            return IsTaken(state, record.Value) ? Taken : (ControlChange[])[ControlKinds.Alert.Create(record.Value)];
        }, cancellation);
        return changed.IsOk ? changed.Value.Alerts[record.Value.Id] : changed.Problem;
    }

    /// <param name="word">What happens, such as <c>mute</c>.</param>
    public async ValueTask<Result<AlertRecord>> ChangeAsync(ChangeAuthor author, string tenant, string reference, AlertWish wish, string word, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wish);
        var found = Find(tenant, reference);
        if (!found.IsOk) return found.Problem;
        if (wish.Version is { } seen && seen != found.Value.Version) return Meanwhile;
        var after = Apply(found.Value, wish);
        if (!after.IsOk) return after.Problem;
        var changed = await ledger.ChangeAsync(author, state =>
        {
            if (!state.Alerts.TryGetValue(found.Value.Id, out var newest)) return NotFound;
            if (newest.Version != found.Value.Version) return Meanwhile;
            return IsTaken(state, after.Value) ? Taken : (ControlChange[])[ControlKinds.Alert.Update(word, newest, after.Value)];
        }, cancellation);
        return changed.IsOk ? changed.Value.Alerts[found.Value.Id] : changed.Problem;
    }

    public async ValueTask<Problem?> DeleteAsync(ChangeAuthor author, string tenant, string reference, CancellationToken cancellation)
    {
        var found = Find(tenant, reference);
        if (!found.IsOk) return found.Problem;
        var changed = await ledger.ChangeAsync(author, state => state.Alerts.TryGetValue(found.Value.Id, out var record) ? (ControlChange[])[ControlKinds.Alert.Delete(record)] : NotFound, cancellation);
        return changed.Problem;
    }

    private static Problem Meanwhile => new(ProblemKind.Conflict, "The alert was changed by somebody else in the meantime: read it again.");

    private static Problem Taken => new(ProblemKind.Conflict, "There is an alert of this name already.", "name");

    private static bool IsTaken(ControlState state, AlertRecord wanted) => state.Alerts.Values.Any(rule => rule.Tenant == wanted.Tenant && rule.Name == wanted.Name && rule.Id != wanted.Id);

    private Result<AlertRecord> Apply(AlertRecord before, AlertWish wish)
    {
        var faults = new List<ProblemFault>();
        var after = before with
        {
            Name = wish.Name ?? before.Name,
            Filter = wish.Filter switch { null => before.Filter, "" => null, var filter => filter },
            Condition = wish.Condition ?? before.Condition,
            Count = wish.Count ?? before.Count,
            WindowSeconds = wish.WindowSeconds ?? before.WindowSeconds,
            GroupBy = wish.GroupBy ?? before.GroupBy,
            CooldownSeconds = wish.CooldownSeconds ?? before.CooldownSeconds,
            Severity = wish.Severity ?? before.Severity,
            Channels = wish.Channels is { } channels ? Channels(before.Tenant, channels, faults) : before.Channels,
            Disabled = wish.Disabled ?? before.Disabled,
            MutedUntil = wish.MuteSeconds switch { null => before.MutedUntil, 0 => null, var seconds => Timestamp.FromDateTimeOffset(time.GetUtcNow().AddSeconds(seconds.Value)) },
            UpdatedAt = Now,
        };
        Check(after, faults);
        return faults.Count == 0 ? after : new Problem(ProblemKind.Invalid, "The alert is not valid; nothing was changed.") { Faults = faults };
    }

    private void Check(AlertRecord rule, List<ProblemFault> faults)
    {
        if (rule.Name.Length == 0) faults.Add(new(null, "name", "is missing"));
        if (rule.Filter is { } filter && readFilter(filter) is { IsOk: false } read) faults.AddRange(read.Problem!.Faults);
        if (!AlertConditions.All.Contains(rule.Condition)) faults.Add(new(null, "condition", $"must be one of {string.Join(", ", AlertConditions.All)}"));
        if (!AlertConditions.Severities.Contains(rule.Severity)) faults.Add(new(null, "severity", $"must be one of {string.Join(", ", AlertConditions.Severities)}"));
        if (rule.Condition == AlertConditions.Count && rule.Count < 1) faults.Add(new(null, "count", "is missing: how many events"));
        if (rule.Condition is AlertConditions.Count or AlertConditions.Absence && rule.WindowSeconds < 1) faults.Add(new(null, "window_seconds", "is missing: within how many seconds"));
        if (rule.Condition == AlertConditions.FirstSeen && rule.GroupBy.Count == 0) faults.Add(new(null, "group_by", "is missing: what is to be seen for the first time"));
        if (rule.GroupBy.Count > GroupsByMax) faults.Add(new(null, "group_by", $"has more than {GroupsByMax} fields"));
        for (var i = 0; i < rule.GroupBy.Count; i++)
        {
            if (rule.GroupBy[i] != AlertConditions.SourceRange && !EventSchema.TryFind(rule.GroupBy[i], out _)) faults.Add(new(null, $"group_by[{i}]", $"must be a field of an event, such as actor.id, or {AlertConditions.SourceRange}"));
        }
    }

    private List<string> Channels(string tenant, IReadOnlyList<string> wanted, List<ProblemFault> faults)
    {
        var ids = new List<string>();
        for (var i = 0; i < wanted.Count; i++)
        {
            if (findSink(tenant, wanted[i]) is not { } sink) faults.Add(new(null, $"channels[{i}]", "is no sink of the tenant"));
            else if (!sink.IsChannel) faults.Add(new(null, $"channels[{i}]", "is a sink that gets events; make one with \"channel\": true"));
            else ids.Add(sink.Id);
        }
        return ids;
    }

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());
}
