using System.Text.Json.Serialization;
using Domesday.Core.Alerts;
using Domesday.Core.Control;
using Domesday.Events;

namespace Domesday.Server.Api;

internal sealed record AlertListBody(IReadOnlyList<AlertBody> Alerts);

/// <param name="Channels">Ids of sinks.</param>
/// <param name="Fired">Alerts that it has raised.</param>
internal sealed record AlertBody(
    string Id,
    string Tenant,
    string Name,
    string? Filter,
    string Condition,
    int Count,
    int WindowSeconds,
    IReadOnlyList<string> GroupBy,
    int CooldownSeconds,
    string Severity,
    IReadOnlyList<string> Channels,
    Timestamp? MutedUntil,
    bool Disabled,
    long Version,
    Timestamp CreatedAt,
    Timestamp UpdatedAt,
    long Fired,
    Timestamp? LastFiredAt)
{
    public static AlertBody From(AlertRecord rule, AlertWatch watch)
    {
        var (fired, last) = watch.HistoryOf(rule.Tenant, rule.Id);
        return new(rule.Id, rule.Tenant, rule.Name, rule.Filter, rule.Condition, rule.Count, rule.WindowSeconds, rule.GroupBy, rule.CooldownSeconds, rule.Severity, rule.Channels,
            rule.MutedUntil, rule.Disabled, rule.Version, rule.CreatedAt, rule.UpdatedAt, fired, last);
    }
}

internal sealed record StockAlertsBody(IReadOnlyList<StockAlert> Stock);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AlertListBody))]
[JsonSerializable(typeof(StockAlertsBody))]
internal sealed partial class AlertBodyJson : JsonSerializerContext;
