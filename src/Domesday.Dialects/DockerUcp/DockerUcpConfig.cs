using System.Text;
using System.Text.Json;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Secrets;
using Domesday.Events;

namespace Domesday.Dialects.DockerUcp;

/// <summary>UCP's configuration of logging, in both of its forms; what a client sets beside it is kept as it came.</summary>
/// <remarks>
/// The audit level is the tenant's capture policy itself. Everything that is not mentioned in a change stays: nobody switches auditing off by leaving a line out.
/// Sources: Docker UCP, «Create UCP audit logs»; Mirantis, «Use an MKE configuration file».
/// </remarks>
internal sealed record DockerUcpConfig(CaptureLevel AuditLevel, string LogLevel, bool SupportDumpIncludeAuditLogs, IReadOnlyDictionary<string, JsonElement> Others, string Toml)
{
    public const string Dialect = "docker-ucp";

    private const string LogLevelName = "logLevel";
    private const string AuditLevelName = "auditLevel";
    private const string SupportName = "supportDumpIncludeAuditLogs";
    private const string AuditTable = "audit_log_configuration";
    private const string LogTable = "log_configuration";
    private const string SupportKey = "support_dump_include_audit_logs";
    private const string NewerSupportKey = "support_bundle_include_audit_logs";

    private static readonly string[] LogLevels = ["TRACE", "DEBUG", "INFO", "WARN", "WARNING", "ERROR", "FATAL", "PANIC"];

    /// <summary>The configuration that is in force for a tenant.</summary>
    /// <param name="secrets">Opens the TOML, which holds passwords of other services. One that another key sealed is gone, and is to be put again.</param>
    public static DockerUcpConfig Of(ControlState state, string tenant, SecretBox secrets)
    {
        ArgumentNullException.ThrowIfNull(state);
        var level = CapturePolicies.Of(state, tenant).Policy.Level;
        if (!state.DialectSettings.TryGetValue(DialectSettingsRecord.KeyOf(Dialect, tenant), out var record)) return new(level, "INFO", false, new Dictionary<string, JsonElement>(), "");
        var members = record.Settings.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        var (logLevel, support) = (members[LogLevelName].GetString()!, members[SupportName].GetBoolean());
        members.Remove(LogLevelName);
        members.Remove(SupportName);
        return new(level, logLevel, support, members, record.Document is { } document && secrets.TryOpen(document, PlaceOf(record.Key), out var toml) ? toml : "");
    }

    /// <summary>As <c>GET /api/ucp/config/logging</c> writes it: without any white space, because the documented <c>curl --data $(cat …)</c> breaks on it.</summary>
    public byte[] ToJson() => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Write(json =>
    {
        json.WriteString(LogLevelName, LogLevel);
        json.WriteString(AuditLevelName, AuditLevel == CaptureLevel.None ? "" : CapturePolicies.NameOf(AuditLevel));
        json.WriteBoolean(SupportName, SupportDumpIncludeAuditLogs);
    })).Replace(" ", "\\u0020", StringComparison.Ordinal));

    /// <summary>As <c>GET /api/ucp/config-toml</c> writes it: the text that was put, with the values that are in force.</summary>
    public string ToToml()
    {
        var level = TomlDocument.Quoted(AuditLevel == CaptureLevel.None ? "" : CapturePolicies.NameOf(AuditLevel));
        var support = SupportDumpIncludeAuditLogs ? "true" : "false";
        var supportKey = TomlDocument.Parse(Toml).Value.Has(AuditTable, NewerSupportKey) ? NewerSupportKey : SupportKey;
        var text = Toml;
        foreach (var (table, key, value) in new[] { (AuditTable, supportKey, support), (AuditTable, "level", level), (LogTable, "level", TomlDocument.Quoted(LogLevel)) })
        {
            text = TomlDocument.Parse(text).Value.With(table, key, value);
        }
        return text;
    }

    /// <summary>This configuration with what a <c>PUT /api/ucp/config/logging</c> says.</summary>
    /// <remarks>Names are compared without regard to case, as Go's decoder does.</remarks>
    public Result<DockerUcpConfig> WithJson(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) return new Problem(ProblemKind.Invalid, "The body must be a JSON object.");
        var (changed, faults) = (this, new List<ProblemFault>());
        var others = new Dictionary<string, JsonElement>(Others, StringComparer.Ordinal);
        foreach (var member in body.EnumerateObject())
        {
            if (Is(member.Name, LogLevelName)) changed = changed with { LogLevel = changed.LogLevelOf(member.Value, LogLevelName, faults) };
            else if (Is(member.Name, AuditLevelName)) changed = changed with { AuditLevel = changed.AuditLevelOf(member.Value, AuditLevelName, faults) };
            else if (!Is(member.Name, SupportName)) others[member.Name] = member.Value.Clone();
            else if (member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False) changed = changed with { SupportDumpIncludeAuditLogs = member.Value.GetBoolean() };
            else if (member.Value.ValueKind != JsonValueKind.Null) faults.Add(new(null, SupportName, "must be true or false"));
        }
        return faults.Count > 0 ? new Problem(ProblemKind.Invalid, "The configuration is not valid; nothing was changed.") { Faults = faults } : changed with { Others = others };
    }

    /// <summary>This configuration with what a <c>PUT /api/ucp/config-toml</c> says.</summary>
    public Result<DockerUcpConfig> WithToml(string text)
    {
        var parsed = TomlDocument.Parse(text);
        if (!parsed.IsOk) return parsed.Problem;
        var (document, changed, faults) = (parsed.Value, this with { Toml = text }, new List<ProblemFault>());
        if (document.Has(LogTable, "level")) changed = changed with { LogLevel = changed.LogLevelOf(Element(document.Text(LogTable, "level")), $"[{LogTable}] level", faults) };
        if (document.Has(AuditTable, "level")) changed = changed with { AuditLevel = changed.AuditLevelOf(Element(document.Text(AuditTable, "level")), $"[{AuditTable}] level", faults) };
        foreach (var key in (string[])[SupportKey, NewerSupportKey])
        {
            if (!document.Has(AuditTable, key)) continue;
            if (document.Flag(AuditTable, key) is { } include) changed = changed with { SupportDumpIncludeAuditLogs = include };
            else faults.Add(new(null, $"[{AuditTable}] {key}", "must be true or false"));
        }
        return faults.Count > 0 ? new Problem(ProblemKind.Invalid, "The configuration is not valid; nothing was changed.") { Faults = faults } : changed;
    }

    /// <summary>What leads to this configuration: nothing when it is in force already.</summary>
    /// <param name="secrets">Seals the TOML.</param>
    public ControlChange[] Changes(ControlState state, string tenant, SecretBox secrets)
    {
        ArgumentNullException.ThrowIfNull(state);
        var before = Of(state, tenant, secrets);
        var policy = CapturePolicies.Of(state, tenant).Policy;
        var changes = before.AuditLevel == AuditLevel ? [] : CapturePolicies.Changes(state, tenant, policy with { Level = AuditLevel });
        var settings = Settings();
        if (before.Toml == Toml && before.Settings().AsSpan().SequenceEqual(settings)) return changes;
        using var document = JsonDocument.Parse(settings);
        var record = new DialectSettingsRecord { Tenant = tenant, Dialect = Dialect, Settings = document.RootElement.Clone() };
        if (Toml.Length > 0) record = record with { Document = secrets.Seal(Toml, PlaceOf(record.Key)) };
        var known = state.DialectSettings.GetValueOrDefault(record.Key);
        return [.. changes, known is null ? ControlKinds.DialectSettings.Create(record) : ControlKinds.DialectSettings.Update("update", known, record)];
    }

    private static string PlaceOf(string key) => $"{key}/toml";

    private byte[] Settings() => Write(json =>
    {
        json.WriteString(LogLevelName, LogLevel);
        json.WriteBoolean(SupportName, SupportDumpIncludeAuditLogs);
    });

    private byte[] Write(Action<Utf8JsonWriter> own)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            own(json);
            foreach (var (name, value) in Others.OrderBy(other => other.Key, StringComparer.Ordinal))
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
            json.WriteEndObject();
        }
        return output.ToArray();
    }

    private string LogLevelOf(JsonElement value, string field, List<ProblemFault> faults)
    {
        if (value.ValueKind == JsonValueKind.Null) return LogLevel;
        if (value.ValueKind == JsonValueKind.String && value.GetString()!.ToUpperInvariant() is var level && LogLevels.Contains(level)) return level;
        faults.Add(new(null, field, $"must be one of {string.Join(", ", LogLevels)}"));
        return LogLevel;
    }

    /// <remarks>Source: Docker UCP, «Enable audit logging»: the empty text, metadata or request; the prose calls the empty one None.</remarks>
    private CaptureLevel AuditLevelOf(JsonElement value, string field, List<ProblemFault> faults)
    {
        if (value.ValueKind == JsonValueKind.Null) return AuditLevel;
        CaptureLevel? level = value.ValueKind != JsonValueKind.String ? null : value.GetString()!.ToLowerInvariant() switch
        {
            "" or "none" => CaptureLevel.None,
            "metadata" => CaptureLevel.Metadata,
            "request" => CaptureLevel.Request,
            _ => null,
        };
        if (level is null) faults.Add(new(null, field, "must be empty (none), metadata or request"));
        return level ?? AuditLevel;
    }

    private static bool Is(string name, string known) => name.Equals(known, StringComparison.OrdinalIgnoreCase);

    /// <summary>A TOML value that is no text is wrong in every place where it stands for a level.</summary>
    private static JsonElement Element(string? text) => text is null ? JsonElement.Parse("0"u8) : JsonSerializer.SerializeToElement(text, DockerUcpJson.Default.String);
}
