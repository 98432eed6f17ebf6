using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Domesday.Core.Control;

/// <summary>A kind of record: its name in events, its form, and its place in the state.</summary>
public abstract class ControlKind
{
    /// <summary>The <c>resource.type</c> of its events, and the middle of their <c>operation</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The change that an event carries.</summary>
    /// <exception cref="JsonException">It does not carry one of this kind.</exception>
    internal abstract ControlChange Read(string action, string operation, JsonElement? before, JsonElement? after);

    /// <summary>The state after the change.</summary>
    internal abstract ControlState Apply(ControlState state, ControlChange change, long version);
}

/// <inheritdoc/>
public sealed class ControlKind<T> : ControlKind
    where T : ControlRecord
{
    private readonly JsonTypeInfo<T> _json;
    private readonly Func<ControlState, ImmutableDictionary<string, T>> _table;
    private readonly Func<ControlState, ImmutableDictionary<string, T>, ControlState> _with;
    private readonly Func<T, T> _public;

    internal ControlKind(
        string name,
        JsonTypeInfo<T> json,
        Func<ControlState, ImmutableDictionary<string, T>> table,
        Func<ControlState, ImmutableDictionary<string, T>, ControlState> with,
        Func<T, T> @public) =>
        (Name, _json, _table, _with, _public) = (name, json, table, with, @public);

    public override string Name { get; }

    /// <summary>The records of a state, by their keys.</summary>
    internal ImmutableDictionary<string, T> In(ControlState state) => _table(state);

    /// <summary>A record that was not there.</summary>
    public ControlChange Create(T record) => Change("create", Operation("create"), null, record);

    /// <summary>A record in place of an older one.</summary>
    /// <param name="word">What happened, such as <c>revoke</c>: the end of the event's operation.</param>
    public ControlChange Update(string word, T? before, T after) => Change("update", Operation(word), before, after);

    public ControlChange Delete(T record) => Change("delete", Operation("delete"), record, null);

    internal override ControlChange Read(string action, string operation, JsonElement? before, JsonElement? after) =>
        Change(action, operation, before?.Deserialize(_json), after?.Deserialize(_json));

    internal override ControlState Apply(ControlState state, ControlChange change, long version) => _with(state, change.After is null
        ? _table(state).Remove(change.Record.Key)
        : _table(state).SetItem(change.Record.Key, (T)change.Record with { Version = version }));

    private ControlChange Change(string action, string operation, T? before, T? after) =>
        new(this, action, operation, after ?? before ?? throw new JsonException($"A change of a {Name} carries neither what was nor what is."))
        {
            Before = Element(before),
            After = Element(after),
            PublicBefore = Element(before is null ? null : _public(before)),
            PublicAfter = Element(after is null ? null : _public(after)),
        };

    private string Operation(string word) => $"control.{Name}.{word}";

    private JsonElement? Element(T? record) => record is null ? null : JsonSerializer.SerializeToElement(record, _json);
}

/// <summary>One change of one record.</summary>
/// <param name="Action">create, update or delete.</param>
/// <param name="Operation">Such as <c>control.key.revoke</c>.</param>
public sealed record ControlChange(ControlKind Kind, string Action, string Operation, ControlRecord Record)
{
    internal JsonElement? Before { get; init; }

    internal JsonElement? After { get; init; }

    /// <summary>Without hashes of secrets.</summary>
    internal JsonElement? PublicBefore { get; init; }

    internal JsonElement? PublicAfter { get; init; }
}

/// <summary>All kinds of records: a new one is one line here and one table in <see cref="ControlState"/>.</summary>
public static class ControlKinds
{
    public static ControlKind<TenantRecord> Tenant { get; } = new("tenant", ControlJson.Default.TenantRecord,
        state => state.Tenants, (state, table) => state with { Tenants = table }, record => record);

    public static ControlKind<UserRecord> User { get; } = new("user", ControlJson.Default.UserRecord,
        state => state.Users, (state, table) => state with { Users = table }, record => record with { Password = null });

    public static ControlKind<ApiKeyRecord> Key { get; } = new("key", ControlJson.Default.ApiKeyRecord,
        state => state.Keys, (state, table) => state with { Keys = table }, record => record with { SecretSha256 = null });

    public static ControlKind<ApplicationRecord> Application { get; } = new("application", ControlJson.Default.ApplicationRecord,
        state => state.Applications, (state, table) => state with { Applications = table }, record => record with { SecretSha256 = null });

    public static ControlKind<SessionRecord> Session { get; } = new("session", ControlJson.Default.SessionRecord,
        state => state.RevokedSessions, (state, table) => state with { RevokedSessions = SessionRecord.WithoutExpired(table) }, record => record);

    public static ControlKind<RoleRecord> Role { get; } = new("role", ControlJson.Default.RoleRecord,
        state => state.Roles, (state, table) => state with { Roles = table }, record => record);

    public static ControlKind<GrantRecord> Grant { get; } = new("grant", ControlJson.Default.GrantRecord,
        state => state.Grants, (state, table) => state with { Grants = table }, record => record);

    public static ControlKind<CertificateRecord> Certificate { get; } = new("certificate", ControlJson.Default.CertificateRecord,
        state => state.Certificates, (state, table) => state with { Certificates = table }, record => record);

    public static ControlKind<DataSinkRecord> DataSink { get; } = new("data_sink", ControlJson.Default.DataSinkRecord,
        state => state.DataSinks, (state, table) => state with { DataSinks = table }, record => record.Public());

    public static ControlKind<CapturePolicyRecord> CapturePolicy { get; } = new("capture_policy", ControlJson.Default.CapturePolicyRecord,
        state => state.CapturePolicies, (state, table) => state with { CapturePolicies = table }, record => record);

    public static ControlKind<DialectSettingsRecord> DialectSettings { get; } = new("dialect_settings", ControlJson.Default.DialectSettingsRecord,
        state => state.DialectSettings, (state, table) => state with { DialectSettings = table }, record => record with { Document = null });

    public static ControlKind<RetentionRecord> Retention { get; } = new("retention", ControlJson.Default.RetentionRecord,
        state => state.Retention, (state, table) => state with { Retention = table }, record => record);

    public static ControlKind<SinkRecord> Sink { get; } = new("sink", ControlJson.Default.SinkRecord,
        state => state.Sinks, (state, table) => state with { Sinks = table }, record => record with { Secrets = null });

    public static ControlKind<ViewRecord> View { get; } = new("view", ControlJson.Default.ViewRecord,
        state => state.Views, (state, table) => state with { Views = table }, record => record);

    public static ControlKind<AlertRecord> Alert { get; } = new("alert", ControlJson.Default.AlertRecord,
        state => state.Alerts, (state, table) => state with { Alerts = table }, record => record);

    public static ControlKind<ReportRecord> Report { get; } = new("report", ControlJson.Default.ReportRecord,
        state => state.Reports, (state, table) => state with { Reports = table }, record => record);

    public static ControlKind<HoldRecord> Hold { get; } = new("hold", ControlJson.Default.HoldRecord,
        state => state.Holds, (state, table) => state with { Holds = table }, record => record);

    public static ControlKind<ErasureRecord> Erasure { get; } = new("erasure", ControlJson.Default.ErasureRecord,
        state => state.Erasures, (state, table) => state with { Erasures = table, ErasureParts = ErasurePartRecord.Wanted(state.ErasureParts, table) }, record => record);

    public static ControlKind<ErasurePartRecord> ErasurePart { get; } = new("erasure_part", ControlJson.Default.ErasurePartRecord,
        state => state.ErasureParts, (state, table) => state with { ErasureParts = table }, record => record);

    internal static IReadOnlyList<ControlKind> All { get; } = [Tenant, User, Key, Application, Session, Role, Grant, DataSink, CapturePolicy, DialectSettings, Certificate, Retention, View, Sink, Alert, Report, Hold, Erasure, ErasurePart];

    internal static ControlKind? Named(string? name) => All.FirstOrDefault(kind => kind.Name == name);
}
