using Domesday.Core.Control;
using Domesday.Core.Witnesses;
using Domesday.Events;
using Domesday.Ingest.Syslog;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Settings;

/// <summary>How the service shall run: checked, with defaults filled in. What each means stands in docs/configuration.md.</summary>
public sealed record ServiceSettings
{
    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>Full path.</summary>
    public required string Data { get; init; }

    /// <summary>Name of the storage engine.</summary>
    public string Store { get; init; } = "embedded";

    /// <summary>Holds a password.</summary>
    public string? Postgres { get; init; }

    /// <summary>Holds a password.</summary>
    public string? PostgresRead { get; init; }

    /// <summary>Null: as many as suit the database.</summary>
    public int? PostgresBuckets { get; init; }

    public required int PostgresBucketsFrom { get; init; }

    public string? AdminPassword { get; init; }

    public string? TlsCert { get; init; }

    public string? TlsKey { get; init; }

    /// <summary>File of further authorities of client certificates.</summary>
    public string? TlsClientCa { get; init; }

    /// <summary>Other issuers of tokens.</summary>
    public IReadOnlyList<OidcSettings> OidcIssuers { get; init; } = [];

    public Uri? KeystoneUrl { get; init; }

    public string? KeystoneTenant { get; init; }

    /// <summary>Roles of the tenant by Keystone's.</summary>
    public required IReadOnlyDictionary<string, string> KeystoneRoles { get; init; }

    /// <summary>Null leaves signing keys in the clear, readable to their owner alone.</summary>
    public string? KeyPassphrase { get; init; }

    /// <summary>First part of checkpoints' origins; without a slash at its end.</summary>
    public required string Origin { get; init; }

    /// <summary>How long a token from signing in is valid.</summary>
    public required TimeSpan TokenLifetime { get; init; }

    /// <summary>How long a key signs tokens.</summary>
    public required TimeSpan TokenKeyAge { get; init; }

    public required EventLimits EventLimits { get; init; }

    /// <summary>Largest request, as sent and decompressed; bytes.</summary>
    public required int BatchBytesMax { get; init; }

    public required int BatchEventsMax { get; init; }

    /// <summary>Of new tenants.</summary>
    public required RetentionPolicy Retention { get; init; }

    public IReadOnlyList<SyslogAddress> SyslogUdp { get; init; } = [];

    public IReadOnlyList<SyslogAddress> SyslogTcp { get; init; } = [];

    public IReadOnlyList<SyslogAddress> SyslogTls { get; init; } = [];

    public string? SyslogClientCa { get; init; }

    public int SyslogIdleSeconds { get; init; }

    /// <summary>Holds a password.</summary>
    public Uri? CadfAmqp { get; init; }

    public required IReadOnlyList<string> CadfExchanges { get; init; }

    public required string CadfQueue { get; init; }

    public required string CadfTenant { get; init; }

    public string? CadfRegion { get; init; }

    /// <summary>Where every call to AWS goes; null: to AWS.</summary>
    public Uri? AwsEndpoint { get; init; }

    /// <summary>Origins whose pages may show the viewer's page.</summary>
    public IReadOnlyList<string> ViewerOrigins { get; init; } = [];

    public IReadOnlyList<Witness> Witnesses { get; init; } = [];

    /// <summary>Between asking witnesses.</summary>
    public TimeSpan WitnessPause { get; init; } = TimeSpan.FromMinutes(1);

    public required LogLevel LogLevel { get; init; }

    public required bool LogsJson { get; init; }

    public bool HasHttps => Urls.Any(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase));

    /// <param name="texts">By setting; each without fault.</param>
    internal static ServiceSettings From(IReadOnlyDictionary<Setting, string> texts)
    {
        T? Value<T>(Setting<T> setting) => (texts.GetValueOrDefault(setting) ?? setting.DefaultText) is { } text ? setting.Parse(text) : default;
        return new()
        {
            Urls = Value(SettingCatalog.Urls)!,
            Data = Path.GetFullPath(Value(SettingCatalog.Data)!),
            Store = Value(SettingCatalog.Store)!,
            Postgres = Value(SettingCatalog.Postgres),
            PostgresRead = Value(SettingCatalog.PostgresRead),
            PostgresBuckets = Value(SettingCatalog.PostgresBuckets),
            PostgresBucketsFrom = Value(SettingCatalog.PostgresBucketsFrom),
            AdminPassword = Value(SettingCatalog.AdminPassword),
            TlsCert = Value(SettingCatalog.TlsCert),
            TlsKey = Value(SettingCatalog.TlsKey),
            TlsClientCa = Value(SettingCatalog.TlsClientCa),
            OidcIssuers = Value(SettingCatalog.OidcIssuers) ?? [],
            KeystoneUrl = Value(SettingCatalog.KeystoneUrl),
            KeystoneTenant = Value(SettingCatalog.KeystoneTenant),
            KeystoneRoles = Value(SettingCatalog.KeystoneRoles)!,
            KeyPassphrase = Value(SettingCatalog.KeyPassphrase),
            Origin = Value(SettingCatalog.Origin)!,
            TokenLifetime = TimeSpan.FromSeconds(Value(SettingCatalog.TokenSeconds)),
            TokenKeyAge = TimeSpan.FromDays(Value(SettingCatalog.TokenKeyDays)),
            EventLimits = new() { EventBytesMax = Value(SettingCatalog.EventBytesMax) },
            BatchBytesMax = Value(SettingCatalog.BatchBytesMax),
            BatchEventsMax = Value(SettingCatalog.BatchEventsMax),
            Retention = Value(SettingCatalog.Retention) ?? RetentionPolicy.Forever,
            SyslogUdp = Value(SettingCatalog.SyslogUdp) ?? [],
            SyslogTcp = Value(SettingCatalog.SyslogTcp) ?? [],
            SyslogTls = Value(SettingCatalog.SyslogTls) ?? [],
            SyslogClientCa = Value(SettingCatalog.SyslogClientCa),
            SyslogIdleSeconds = Value(SettingCatalog.SyslogIdleSeconds),
            CadfAmqp = Value(SettingCatalog.CadfAmqp),
            CadfExchanges = Value(SettingCatalog.CadfExchanges)!,
            CadfQueue = Value(SettingCatalog.CadfQueue)!,
            CadfTenant = Value(SettingCatalog.CadfTenant)!,
            CadfRegion = Value(SettingCatalog.CadfRegion),
            AwsEndpoint = Value(SettingCatalog.AwsEndpoint),
            ViewerOrigins = Value(SettingCatalog.ViewerOrigins) ?? [],
            Witnesses = Value(SettingCatalog.Witnesses) ?? [],
            WitnessPause = TimeSpan.FromSeconds(Value(SettingCatalog.WitnessSeconds)),
            LogLevel = Value(SettingCatalog.LogLevel),
            LogsJson = Value(SettingCatalog.LogFormat) == "json",
        };
    }
}
