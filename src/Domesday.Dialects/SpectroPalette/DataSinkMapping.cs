using System.Globalization;
using Domesday.Core.Control;
using Domesday.Core.Forwarding;
using Domesday.Core.Secrets;
using Domesday.Events;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>Between the vendor's form of data sinks and what is kept of them: secrets go in sealed, and come out masked.</summary>
internal sealed class DataSinkMapping(SecretBox secrets)
{
    private const string SecretKey = "secretKey";

    /// <summary>Clients take any value with an asterisk for a masked one, and send it back unchanged.</summary>
    private const string Mask = "**** (server-side sanitized)";

    private const char PolicySeparator = '\n';

    /// <param name="size">How many events the ledger has: a new one begins behind them.</param>
    /// <param name="before">What is replaced; a masked secret keeps the one of the target at the same place.</param>
    public DataSinkRecord ToRecord(DataSinkConfig config, string id, string tenant, DataSinkRecord? before, long size, Timestamp now) => new()
    {
        Id = id,
        Tenant = tenant,
        Name = config.Metadata?.Name is { Length: > 0 } name ? name : before?.Name ?? "audit",
        StartSequence = before is null ? size : before.StartSequence,
        Targets = [.. config.Spec!.AuditDataSinks!.Select((sink, index) => Target(sink.CloudWatch!, id, before?.Targets.ElementAtOrDefault(index)))],
        CreatedAt = before?.CreatedAt ?? now,
        UpdatedAt = now,
    };

    /// <param name="standing">How a sink stands, by its id; null for one that is not known yet.</param>
    public static DataSinkConfig ToConfig(DataSinkRecord record, Func<string, SinkStanding?> standing) => new()
    {
        Metadata = new() { Name = record.Name, Uid = record.Id, CreationTimestamp = Time(record.CreatedAt), LastModifiedTimestamp = Time(record.UpdatedAt) },
        Spec = new() { AuditDataSinks = [.. record.Targets.Select(target => new DataSink { Type = target.Type, CloudWatch = CloudWatch(target) })] },
        Status = DataSinkStatus.Of([.. record.Targets.Select((_, index) => standing(DataSinkTargets.IdOf(record, index)))]),
    };

    /// <summary>The settings of the sink that a target is, its secret included.</summary>
    /// <param name="before">Where a masked secret is found; null: nowhere.</param>
    public Dictionary<string, string> ToPlain(CloudWatchConfig config, DataSinkRecord? before)
    {
        var plain = DataSinkTargets.SettingsOf(Settings(config));
        var given = config.Credentials!.SecretKey;
        if (given?.Contains('*', StringComparison.Ordinal) == true)
        {
            var kept = before?.Targets.Select(target => target.Secrets?.GetValueOrDefault(SecretKey)).FirstOrDefault(text => text is not null);
            given = kept is not null && secrets.TryOpen(kept, PlaceOf(before!.Id), out var opened) ? opened : null;
        }
        if (!string.IsNullOrEmpty(given)) plain["secret_key"] = given;
        return plain;
    }

    private DataSinkTarget Target(CloudWatchConfig config, string id, DataSinkTarget? before) =>
        new() { Type = DataSinkCheck.CloudWatchType, Settings = Settings(config), Secrets = Secrets(config.Credentials!.SecretKey, id, before) };

    private static SortedDictionary<string, string> Settings(CloudWatchConfig config)
    {
        var credentials = config.Credentials!;
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Set("group", config.Group);
        Set("region", config.Region);
        Set("stream", config.Stream);
        Set("credentialType", credentials.CredentialType is { Length: > 0 } type ? type : "secret");
        Set("accessKey", credentials.AccessKey);
        Set("partition", credentials.Partition);
        Set("arn", credentials.Sts?.Arn);
        Set("externalId", credentials.Sts?.ExternalId);
        Set("policyARNs", credentials.PolicyARNs is { Count: > 0 } policies ? string.Join(PolicySeparator, policies) : null);
        return settings;

        void Set(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value)) settings[name] = value;
        }
    }

    private Dictionary<string, string>? Secrets(string? given, string id, DataSinkTarget? before)
    {
        if (string.IsNullOrEmpty(given)) return null;
        if (!given.Contains('*', StringComparison.Ordinal)) return new() { [SecretKey] = secrets.Seal(given, PlaceOf(id)) };
        return before?.Secrets?.GetValueOrDefault(SecretKey) is { } kept ? new() { [SecretKey] = kept } : null;
    }

    /// <summary>What a sealed secret is bound to.</summary>
    public static string PlaceOf(string id) => $"data_sink/{id}/{SecretKey}";

    private static CloudWatchConfig CloudWatch(DataSinkTarget target)
    {
        var settings = target.Settings;
        return new()
        {
            Group = settings.GetValueOrDefault("group"),
            Region = settings.GetValueOrDefault("region"),
            Stream = settings.GetValueOrDefault("stream"),
            Credentials = new()
            {
                AccessKey = settings.GetValueOrDefault("accessKey"),
                SecretKey = target.Secrets?.ContainsKey(SecretKey) == true ? Mask : null,
                CredentialType = settings.GetValueOrDefault("credentialType"),
                Partition = settings.GetValueOrDefault("partition"),
                Sts = settings.TryGetValue("arn", out var arn) ? new() { Arn = arn, ExternalId = settings.GetValueOrDefault("externalId") } : null,
                PolicyARNs = settings.GetValueOrDefault("policyARNs")?.Split(PolicySeparator),
            },
        };
    }

    private static string Time(Timestamp time) => time.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
