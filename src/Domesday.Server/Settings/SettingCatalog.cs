using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Witnesses;
using Domesday.Ingest.Syslog;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Settings;

/// <summary>All settings of the service. A new one is a line here and a member of <see cref="ServiceSettings"/>.</summary>
internal static class SettingCatalog
{
    /// <summary>The value of <see cref="Store"/> that needs <see cref="Postgres"/>.</summary>
    public const string PostgresStore = "postgres";

    private const int MebiByte = 1024 * 1024;

    public static Setting<string> Config { get; } = new("DOMESDAY_CONFIG", null, "FILE",
        "A JSON file with further settings, one member for each. Command line and environment go before it.", SettingForms.Text);

    public static Setting<IReadOnlyList<string>> Urls { get; } = new("DOMESDAY_URLS", "http://127.0.0.1:1086", "URL[;URL…]",
        "Where to listen. An https address needs a certificate; an http address that others can reach sends credentials in the clear.", SettingForms.Urls);

    public static Setting<string> Data { get; } = new("DOMESDAY_DATA", "./data", "FOLDER",
        "The data folder: the embedded store, signing keys. With the store postgres each node has its own.", SettingForms.Text);

    public static Setting<string> Store { get; } = new("DOMESDAY_STORE", "embedded", "embedded|postgres",
        "The storage engine: embedded, in the data folder, for one machine; postgres for several nodes, or for a database that others look after.", SettingForms.OneOf("embedded", PostgresStore));

    public static Setting<string> Postgres { get; } = new("DOMESDAY_POSTGRES", null, "TEXT",
        "Connection string for the store postgres, such as Host=db.example.com;Database=domesday;Username=domesday;Password=…;SSL Mode=VerifyFull. On a command line others on the machine can see the password.", SettingForms.Text);

    public static Setting<string> PostgresRead { get; } = new("DOMESDAY_POSTGRES_READ", null, "TEXT",
        "Connection string of a standby. It answers queries when it has everything that was acknowledged before them; the primary answers the others.", SettingForms.Text);

    public static Setting<int?> PostgresBuckets { get; } = new("DOMESDAY_POSTGRES_BUCKETS", null, "NUMBER",
        "Over how many buckets a large ledger is spread, which Citus may keep on different servers; 0 for none. Without it 8 with Citus, none otherwise. A change is for what is spread from then on.", text => SettingForms.Number(0, 1_024)(text));

    public static Setting<int> PostgresBucketsFrom { get; } = new("DOMESDAY_POSTGRES_BUCKETS_FROM", "50000000", "EVENTS",
        "From so many events on a ledger is large.", SettingForms.Number(0, int.MaxValue));

    public static Setting<string> AdminPassword { get; } = new("DOMESDAY_ADMIN_PASSWORD", null, "TEXT",
        "Password of the user admin. Without it the first start makes one up and prints it once. A new value at a later start replaces the password. On a command line others on the machine can see it.",
        Password);

    public static Setting<string> TlsCert { get; } = new("DOMESDAY_TLS_CERT", null, "FILE",
        "Certificate for https addresses, PEM, followed by the certificates between it and its root.", SettingForms.Text);

    public static Setting<string> TlsKey { get; } = new("DOMESDAY_TLS_KEY", null, "FILE",
        "Private key of the certificate, PEM, not encrypted.", SettingForms.Text);

    public static Setting<string> TlsClientCa { get; } = new("DOMESDAY_TLS_CLIENT_CA", null, "FILE",
        "Further authorities, PEM, whose client certificates are taken: the common name is that of a user. Certificates of the service's own authority are taken at every https address.", SettingForms.Text);

    public static Setting<IReadOnlyList<OidcSettings>> OidcIssuers { get; } = new("DOMESDAY_OIDC_ISSUERS", null, "ISSUER|AUDIENCE|TENANT[|CLAIM][;…]",
        "Other issuers of tokens, found by OIDC discovery. A token for the audience signs in the user of the tenant whose name stands in the claim (preferred_username).", OidcSettings.Parse);

    public static Setting<Uri> KeystoneUrl { get; } = new("DOMESDAY_KEYSTONE_URL", null, "URL",
        "A Keystone whose tokens are taken, such as https://keystone.example.com/v3. Needs DOMESDAY_KEYSTONE_TENANT.", SettingForms.RemoteUrl);

    public static Setting<string> KeystoneTenant { get; } = new("DOMESDAY_KEYSTONE_TENANT", null, "NAME",
        "The tenant that holders of Keystone tokens belong to.", SettingForms.Text);

    public static Setting<IReadOnlyDictionary<string, string>> KeystoneRoles { get; } = new("DOMESDAY_KEYSTONE_ROLES", "admin=auditor", "ROLE=ROLE[,…]",
        "What Keystone's roles allow in the tenant: a Keystone role and a role of the tenant. The role project_viewer is limited to the token's project.", SettingForms.Pairs);

    public static Setting<string> KeyPassphrase { get; } = new("DOMESDAY_KEY_PASSPHRASE", null, "TEXT",
        "Encrypts the keys that sign checkpoints and tokens where they lie in the data folder. Without it they are protected by the rights of their files alone.", SettingForms.Text);

    public static Setting<string> Origin { get; } = new("DOMESDAY_ORIGIN", "domesday", "TEXT",
        "First part of the origin of checkpoints; the tenant's name follows it after a slash. Verifiers pin it: choose it once, such as audit.example.com.", SettingForms.Origin);

    public static Setting<int> TokenSeconds { get; } = new("DOMESDAY_TOKEN_SECONDS", "3600", "SECONDS",
        "How long a token from signing in is valid; some of the vendors' APIs ask for another time.", SettingForms.Number(60, 604_800));

    public static Setting<int> TokenKeyDays { get; } = new("DOMESDAY_TOKEN_KEY_DAYS", "90", "DAYS",
        "How long a key signs tokens before a new one takes over. Tokens that it signed stay valid until they expire.", SettingForms.Number(1, 3_650));

    public static Setting<int> EventBytesMax { get; } = new("DOMESDAY_EVENT_BYTES_MAX", "4194304", "BYTES",
        "Largest event as sent, bodies included.", SettingForms.Number(65_535, 64 * MebiByte));

    public static Setting<int> BatchBytesMax { get; } = new("DOMESDAY_BATCH_BYTES_MAX", "67108864", "BYTES",
        "Largest request, both as sent and after decompression.", SettingForms.Number(65_536, 1024 * MebiByte));

    public static Setting<int> BatchEventsMax { get; } = new("DOMESDAY_BATCH_EVENTS_MAX", "10000", "NUMBER",
        "Most events in one request.", SettingForms.Number(1, 1_000_000));

    public static Setting<RetentionPolicy> Retention { get; } = new("DOMESDAY_RETENTION_DAYS", null, "DAYS",
        "How long events of new tenants are kept; without it for ever. Tenants that exist keep what is set for them.", SettingForms.Days);

    public static Setting<IReadOnlyList<SyslogAddress>> SyslogUdp { get; } = new("DOMESDAY_SYSLOG_UDP", null, "ADDRESS:PORT[/TENANT][;…]",
        "Where to listen for syslog over UDP, and whose ledger gets it: the tenant default, unless another is named.", SettingForms.SyslogAddresses);

    public static Setting<IReadOnlyList<SyslogAddress>> SyslogTcp { get; } = new("DOMESDAY_SYSLOG_TCP", null, "ADDRESS:PORT[/TENANT][;…]",
        "The same over TCP. Whoever reaches the address can write to the ledger.", SettingForms.SyslogAddresses);

    public static Setting<IReadOnlyList<SyslogAddress>> SyslogTls { get; } = new("DOMESDAY_SYSLOG_TLS", null, "ADDRESS:PORT[/TENANT][;…]",
        "The same within TLS, with the certificate of the https addresses.", SettingForms.SyslogAddresses);

    public static Setting<string> SyslogClientCa { get; } = new("DOMESDAY_SYSLOG_CLIENT_CA", null, "FILE",
        "Certificates, PEM, of which one must have issued the client's on syslog addresses with TLS. Without it clients need none.", SettingForms.Text);

    public static Setting<int> SyslogIdleSeconds { get; } = new("DOMESDAY_SYSLOG_IDLE_SECONDS", "0", "SECONDS",
        "How long a syslog connection may bring no whole message before it is closed; 0: for ever. Syslog has no acknowledgements: what a sender writes into a connection that is just being closed is lost.",
        SettingForms.Number(0, 604_800));

    public static Setting<Uri> CadfAmqp { get; } = new("DOMESDAY_CADF_AMQP", null, "URL",
        "The RabbitMQ from which OpenStack's notifications are taken, such as amqp://user:password@host:5672/; amqps for TLS. On a command line others on the machine can see the password.", SettingForms.Amqp);

    public static Setting<IReadOnlyList<string>> CadfExchanges { get; } = new("DOMESDAY_CADF_EXCHANGES", "keystone,nova,neutron,cinder,openstack", "NAME[,NAME…]",
        "The services' exchanges there (their control_exchange).", SettingForms.Names);

    public static Setting<string> CadfQueue { get; } = new("DOMESDAY_CADF_QUEUE", "domesday", "TEXT",
        "The durable queue that is bound to them.", SettingForms.Text);

    public static Setting<string> CadfTenant { get; } = new("DOMESDAY_CADF_TENANT", TenantName.Default, "TENANT",
        "Whose ledger gets what comes from there.", SettingForms.Tenant);

    public static Setting<string> CadfRegion { get; } = new("DOMESDAY_CADF_REGION", null, "TEXT",
        "The region of events from there that name none.", SettingForms.Text);

    public static Setting<Uri> AwsEndpoint { get; } = new("DOMESDAY_AWS_ENDPOINT", null, "URL",
        "Sends every call to AWS there: the gateway of another partition, or a stand-in.", SettingForms.RemoteUrl);

    public static Setting<IReadOnlyList<string>> ViewerOrigins { get; } = new("DOMESDAY_VIEWER_ORIGINS", null, "ORIGIN[,ORIGIN…]",
        "Sites whose pages may show the viewer's page (/ui/viewer) in a frame, such as https://portal.example.com, or https://*.example.com for every name below. Without it none may.", SettingForms.Origins);

    public static Setting<IReadOnlyList<Witness>> Witnesses { get; } = new("DOMESDAY_WITNESSES", null, "URL|KEY[;URL|KEY…]",
        "C2SP witnesses that are asked to cosign the checkpoints of all tenants: the address below which add-checkpoint lies, and the verifier key (cosignature/v1). They learn the tenants' names and the sizes of their ledgers, and no event.", WitnessForm.Parse);

    public static Setting<int> WitnessSeconds { get; } = new("DOMESDAY_WITNESS_SECONDS", "60", "SECONDS",
        "How long to wait between asking witnesses.", SettingForms.Number(1, 86_400));

    public static Setting<LogLevel> LogLevel { get; } = new("DOMESDAY_LOG_LEVEL", "info", "LEVEL",
        "Least level that is logged: trace, debug, info, warning or error.", SettingForms.Level);

    public static Setting<string> LogFormat { get; } = new("DOMESDAY_LOG_FORMAT", "text", "text|json",
        "Form of the log on standard output: lines for people, or one JSON object a line.", SettingForms.OneOf("text", "json"));

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Config, Urls, Data, Store, Postgres, PostgresRead, PostgresBuckets, PostgresBucketsFrom, AdminPassword, TlsCert, TlsKey, TlsClientCa, OidcIssuers, KeystoneUrl, KeystoneTenant, KeystoneRoles, KeyPassphrase, Origin, TokenSeconds, TokenKeyDays, EventBytesMax, BatchBytesMax, BatchEventsMax, Retention,
        SyslogUdp, SyslogTcp, SyslogTls, SyslogClientCa, SyslogIdleSeconds,
        CadfAmqp, CadfExchanges, CadfQueue, CadfTenant, CadfRegion, AwsEndpoint, ViewerOrigins, Witnesses, WitnessSeconds, LogLevel, LogFormat,
    ];

    /// <summary>Variables of other programs of ours, which may stand in the same environment.</summary>
    public static IReadOnlyList<string> OfOthers { get; } =
        ["DOMESDAY_SERVER", "DOMESDAY_KEY", "DOMESDAY_USER", "DOMESDAY_PASSWORD", "DOMESDAY_TENANT"];

    /// <summary>Variables that steer tests.</summary>
    public const string TestPrefix = "DOMESDAY_TEST_";

    private static (string? Value, string? Fault) Password(string text) => System.Text.Encoding.UTF8.GetByteCount(text) switch
    {
        < 8 => (null, "must have at least 8 characters"),
        > PasswordHash.PasswordBytesMax => (null, $"has more than {PasswordHash.PasswordBytesMax} bytes"),
        _ => (text, null),
    };
}
