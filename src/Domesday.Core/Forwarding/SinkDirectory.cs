using System.Security.Cryptography;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Secrets;
using Domesday.Events;

namespace Domesday.Core.Forwarding;

/// <summary>What a sink shall be, or what shall be different about it: null leaves it as it is.</summary>
public sealed record SinkWish
{
    public string? Name { get; init; }

    public string? Type { get; init; }

    /// <summary>Secrets included; a masked one keeps what there was. Of a change: all of them.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>Empty for all events.</summary>
    public string? Filter { get; init; }

    /// <summary>Empty for all fields.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    public string? Format { get; init; }

    public bool? Channel { get; init; }

    public bool? Paused { get; init; }

    /// <summary>Of a new sink: its first event; null for what comes.</summary>
    public long? StartSequence { get; init; }

    public int? BatchEvents { get; init; }

    public int? BatchMilliseconds { get; init; }

    /// <summary>The version that the changer saw; null when it does not mind.</summary>
    public long? Version { get; init; }
}

/// <summary>Makes, changes and deletes sinks.</summary>
/// <param name="size">How many events a tenant's ledger has.</param>
public sealed class SinkDirectory(ControlLedger ledger, SinkOpener opener, SecretBox secrets, Func<string, long> size, TimeProvider time)
{
    public const int NameCharsMax = 200;

    /// <summary>What stands in the place of a secret.</summary>
    public const string Mask = "********";

    private const int SinksMax = 100;
    private const int IdBytes = 8;

    private readonly NamedRecords<SinkRecord> _records = new(ledger, ControlKinds.Sink, "a sink", SinksMax);

    /// <summary>All sinks of a tenant, oldest first; those that another API keeps included.</summary>
    public IReadOnlyList<SinkDefinition> Of(string tenant) => [.. SinkDefinition.Of(ledger.State).Where(sink => sink.Tenant == tenant).OrderBy(sink => sink.Id, StringComparer.Ordinal)];

    /// <param name="reference">Id or name.</param>
    public Result<SinkDefinition> Find(string tenant, string reference)
    {
        var all = Of(tenant);
        return (all.FirstOrDefault(sink => sink.Id == reference) ?? all.FirstOrDefault(sink => sink.Name == reference)) is { } found ? found : _records.NotFound;
    }

    /// <summary>What is kept of a sink; null for one that another API keeps.</summary>
    public SinkRecord? Record(string id) => ledger.State.Sinks.GetValueOrDefault(id);

    public async ValueTask<Result<SinkDefinition>> CreateAsync(Principal maker, ChangeAuthor author, string tenant, SinkWish wish, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(maker);
        ArgumentNullException.ThrowIfNull(wish);
        var now = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        var empty = new SinkRecord
        {
            Id = "snk_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)),
            Tenant = tenant,
            Name = wish.Name ?? "",
            Type = wish.Type ?? "",
            Settings = new Dictionary<string, string>(),
            StartSequence = wish.StartSequence ?? size(tenant),
            CreatedAt = now,
            CreatedBy = maker.Id,
            UpdatedAt = now,
        };
        var made = await ApplyAsync(maker, empty, wish);
        return made.IsOk ? DefinitionOf(await _records.CreateAsync(author, made.Value, cancellation)) : made.Problem;
    }

    /// <param name="word">What happens, such as <c>pause</c>.</param>
    public async ValueTask<Result<SinkDefinition>> ChangeAsync(Principal changer, ChangeAuthor author, string tenant, string reference, SinkWish wish, string word, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wish);
        var found = Owned(tenant, reference);
        if (!found.IsOk) return found.Problem;
        if (_records.Check(found.Value, wish.Version) is { } meanwhile) return meanwhile;
        var after = await ApplyAsync(changer, found.Value, wish);
        return after.IsOk ? DefinitionOf(await _records.ChangeAsync(author, found.Value, after.Value, word, cancellation)) : after.Problem;
    }

    public async ValueTask<Problem?> DeleteAsync(ChangeAuthor author, string tenant, string reference, CancellationToken cancellation)
    {
        var found = Owned(tenant, reference);
        return found.IsOk ? await _records.DeleteAsync(author, found.Value, cancellation) : found.Problem;
    }

    private static Result<SinkDefinition> DefinitionOf(Result<SinkRecord> record) => record.IsOk ? SinkDefinition.Of(record.Value) : record.Problem;

    private Result<SinkRecord> Owned(string tenant, string reference)
    {
        var found = Find(tenant, reference);
        if (!found.IsOk) return found.Problem;
        if (found.Value.KeptBy is { } keeper) return new Problem(ProblemKind.Conflict, $"The sink was made by the routes of {keeper}: change it there.");
        return Record(found.Value.Id) is { } record ? record : _records.NotFound;
    }

    /// <summary>The record with what is wished for, checked and with its secrets sealed.</summary>
    private async ValueTask<Result<SinkRecord>> ApplyAsync(Principal changer, SinkRecord before, SinkWish wish)
    {
        var type = opener.Find(before.Type);
        if (type is { IsForOperators: true } && !changer.IsSystemAdministrator) return new Problem(ProblemKind.Forbidden, $"A sink of the type {type.Name} reaches into the machine of the service: only its administrator may make or change one.");
        var (settings, sealedSecrets, faults) = Split(type, before, wish.Settings);
        if (faults.Count > 0) return new Problem(ProblemKind.Invalid, "The sink is not valid; nothing was changed.") { Faults = faults };
        var after = before with
        {
            Name = wish.Name ?? before.Name,
            Settings = settings,
            Secrets = sealedSecrets,
            Filter = wish.Filter switch { null => before.Filter, "" => null, var filter => filter },
            Fields = wish.Fields switch { null => before.Fields, [] => null, var fields => fields },
            Format = wish.Format ?? before.Format,
            Channel = wish.Channel ?? before.Channel,
            Paused = wish.Paused ?? before.Paused,
            BatchEvents = wish.BatchEvents ?? before.BatchEvents,
            BatchMilliseconds = wish.BatchMilliseconds ?? before.BatchMilliseconds,
            UpdatedAt = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
        };
        var opened = opener.Open(SinkDefinition.Of(after));
        if (!opened.IsOk) return opened.Problem;
        await opened.Value.Receiver.DisposeAsync();
        return after;
    }

    /// <summary>Parts settings from secrets and seals these.</summary>
    /// <returns>Also what is wrong with those that are masked.</returns>
    private (IReadOnlyDictionary<string, string> Settings, IReadOnlyDictionary<string, string>? Secrets, IReadOnlyList<ProblemFault> Faults) Split(ISinkType? type, SinkRecord before, IReadOnlyDictionary<string, string>? wanted)
    {
        if (wanted is null) return (before.Settings, before.Secrets, []);
        var (settings, kept) = (new SortedDictionary<string, string>(StringComparer.Ordinal), new SortedDictionary<string, string>(StringComparer.Ordinal));
        var faults = new List<ProblemFault>();
        var moved = type?.Destination.FirstOrDefault(name => wanted.GetValueOrDefault(name) != before.Settings.GetValueOrDefault(name));
        foreach (var (name, value) in wanted)
        {
            if (type?.Secrets.Contains(name) != true) settings[name] = value;
            else if (value != Mask) kept[name] = secrets.Seal(value, SinkDefinition.SealedFor(before.Id, name));
            else if (before.Secrets?.TryGetValue(name, out var sealedText) != true) faults.Add(new(null, $"settings.{name}", "is masked, and there is no earlier one to keep"));
            else if (moved is not null) faults.Add(new(null, $"settings.{name}", $"must be given again when {moved} is changed: the earlier one was not meant for another receiver"));
            else kept[name] = sealedText!;
        }
        return (settings, kept.Count == 0 ? null : kept, faults);
    }
}
