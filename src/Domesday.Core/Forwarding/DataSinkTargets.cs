using System.Globalization;
using Domesday.Core.Control;

namespace Domesday.Core.Forwarding;

/// <summary>The data sinks that Palette's clients keep, as sinks.</summary>
public static class DataSinkTargets
{
    /// <summary>Whose routes they are changed by.</summary>
    public const string Keeper = "palette";

    private const string SecretKey = "secretKey";

    /// <summary>Palette's names of settings and those of the sink cloudwatch.</summary>
    private static readonly (string Theirs, string Ours)[] Names =
    [
        ("group", "group"), ("region", "region"), ("stream", "stream"), ("accessKey", "access_key"), ("partition", "partition"), ("arn", "role_arn"), ("externalId", "external_id"),
    ];

    public static IEnumerable<SinkDefinition> Of(DataSinkRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Targets.Select((target, index) => Of(record, target, index));
    }

    /// <summary>The settings of the sink cloudwatch that a target's stand for.</summary>
    public static Dictionary<string, string> SettingsOf(IReadOnlyDictionary<string, string> theirs)
    {
        ArgumentNullException.ThrowIfNull(theirs);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, ours) in Names)
        {
            if (theirs.TryGetValue(name, out var value)) settings[ours] = value;
        }
        settings["credentials"] = theirs.GetValueOrDefault("credentialType") switch { "sts" => "role", "pod-identity" => "default", _ => "key" };
        return settings;
    }

    /// <summary>The identity of the sink that a target is.</summary>
    public static string IdOf(DataSinkRecord record, int index)
    {
        ArgumentNullException.ThrowIfNull(record);
        return index == 0 ? record.Id : string.Create(CultureInfo.InvariantCulture, $"{record.Id}-{index}");
    }

    /// <summary>A sink that is not kept, to try settings with.</summary>
    public static SinkDefinition Unkept(string tenant) => new()
    {
        Id = "unkept",
        Tenant = tenant,
        Name = "unkept",
        Type = "cloudwatch",
        Settings = new Dictionary<string, string>(),
        PlaceOf = name => name,
    };

    private static SinkDefinition Of(DataSinkRecord record, DataSinkTarget target, int index) => new()
    {
        Id = IdOf(record, index),
        Tenant = record.Tenant,
        Name = index == 0 ? record.Name : string.Create(CultureInfo.InvariantCulture, $"{record.Name}-{index}"),
        Type = target.Type,
        Settings = SettingsOf(target.Settings),
        Secrets = target.Secrets?.ToDictionary(secret => secret.Key == SecretKey ? "secret_key" : secret.Key, secret => secret.Value, StringComparer.Ordinal) ?? [],
        PlaceOf = _ => $"data_sink/{record.Id}/{SecretKey}",
        StartSequence = record.StartSequence,
        Version = record.Version,
        KeptBy = Keeper,
    };
}
