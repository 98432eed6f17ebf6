using Domesday.Core.Control;

namespace Domesday.Core.Forwarding;

/// <summary>A sink as the loop sees it, whoever keeps it.</summary>
public sealed record SinkDefinition
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string Name { get; init; }

    public required string Type { get; init; }

    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>As they are kept, sealed.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>();

    /// <summary>What each secret was sealed for.</summary>
    public required Func<string, string> PlaceOf { get; init; }

    public string? Filter { get; init; }

    public IReadOnlyList<string>? Fields { get; init; }

    public string? Format { get; init; }

    public bool IsChannel { get; init; }

    public bool IsPaused { get; init; }

    /// <summary>The first event that it gets; null: what comes after it was seen first.</summary>
    public long? StartSequence { get; init; }

    public int? BatchEvents { get; init; }

    public int? BatchMilliseconds { get; init; }

    /// <summary>Another one means that something about it changed.</summary>
    public long Version { get; init; }

    /// <summary>Whose routes it is changed by; null: the service's own.</summary>
    public string? KeptBy { get; init; }

    /// <summary>Every sink of a state.</summary>
    public static IEnumerable<SinkDefinition> Of(ControlState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Sinks.Values.Select(Of).Concat(state.DataSinks.Values.SelectMany(DataSinkTargets.Of));
    }

    public static SinkDefinition Of(SinkRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new()
        {
            Id = record.Id,
            Tenant = record.Tenant,
            Name = record.Name,
            Type = record.Type,
            Settings = record.Settings,
            Secrets = record.Secrets ?? new Dictionary<string, string>(),
            PlaceOf = name => SealedFor(record.Id, name),
            Filter = record.Filter,
            Fields = record.Fields,
            Format = record.Format,
            IsChannel = record.Channel,
            IsPaused = record.Paused,
            StartSequence = record.StartSequence,
            BatchEvents = record.BatchEvents,
            BatchMilliseconds = record.BatchMilliseconds,
            Version = record.Version,
        };
    }

    /// <summary>What a secret of a sink is sealed for.</summary>
    public static string SealedFor(string id, string name) => $"sink/{id}/{name}";
}
