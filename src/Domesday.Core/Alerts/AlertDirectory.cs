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
/// <param name="findSink">A tenant's sink by id or name; null for none.</param>
/// <param name="size">How many events a tenant's ledger has.</param>
public sealed class AlertDirectory(ControlLedger ledger, Func<string, Result<EventFilter>> readFilter, Func<string, string, SinkChannel?> findSink, Func<string, long> size, TimeProvider time)
{
    private const int RulesMax = 200;
    private const int GroupsByMax = 3;
    private const int IdBytes = 8;

    private readonly NamedRecords<AlertRecord> _records = new(ledger, ControlKinds.Alert, "an alert", RulesMax);

    /// <summary>All rules of a tenant, oldest first.</summary>
    public IReadOnlyList<AlertRecord> Of(string tenant) => [.. _records.Of(tenant).OrderBy(rule => rule.CreatedAt).ThenBy(rule => rule.Id, StringComparer.Ordinal)];

    /// <param name="reference">Id or name.</param>
    public Result<AlertRecord> Find(string tenant, string reference) => _records.Find(tenant, reference);

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
        return record.IsOk ? await _records.CreateAsync(author, record.Value, cancellation) : record.Problem;
    }

    /// <param name="word">What happens, such as <c>mute</c>.</param>
    public async ValueTask<Result<AlertRecord>> ChangeAsync(ChangeAuthor author, string tenant, string reference, AlertWish wish, string word, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wish);
        var found = Find(tenant, reference);
        if (!found.IsOk) return found.Problem;
        if (_records.Check(found.Value, wish.Version) is { } meanwhile) return meanwhile;
        var after = Apply(found.Value, wish);
        return after.IsOk ? await _records.ChangeAsync(author, found.Value, after.Value, word, cancellation) : after.Problem;
    }

    public async ValueTask<Problem?> DeleteAsync(ChangeAuthor author, string tenant, string reference, CancellationToken cancellation)
    {
        var found = Find(tenant, reference);
        return found.IsOk ? await _records.DeleteAsync(author, found.Value, cancellation) : found.Problem;
    }

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
            Channels = wish.Channels is { } channels ? SinkChannel.IdsOf(channels, sink => findSink(before.Tenant, sink), files: false, faults) : before.Channels,
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

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());
}
