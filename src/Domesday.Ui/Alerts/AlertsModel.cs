using Domesday.Core.Alerts;
using Domesday.Core.Control;
using Domesday.Core.Query;
using Domesday.Events;

namespace Domesday.Ui.Alerts;

/// <param name="Channels">Sinks that carry alerts: id and name.</param>
/// <param name="Stock">Rules that can be switched on by name.</param>
/// <param name="History">Null for who may not see it.</param>
public sealed record AlertsModel(IReadOnlyList<AlertLine> Rules, IReadOnlyList<(string Id, string Name)> Channels, IReadOnlyList<StockLine> Stock, IReadOnlyList<StoredEntry>? History, bool MayChange);

/// <summary>A rule, and how often it raised something.</summary>
/// <param name="Last">Null for never.</param>
public sealed record AlertLine(AlertRecord Rule, long Fired, Timestamp? Last)
{
    public bool IsMuted(DateTimeOffset now) => Rule.MutedUntil is { } until && until.ToDateTimeOffset() > now;
}

/// <param name="IsOn">There is a rule with the same filter and condition.</param>
public sealed record StockLine(StockAlert Alert, bool IsOn);

/// <param name="Rule">Null for a new one.</param>
/// <param name="History">Null for who may not see it, and for a new one.</param>
public sealed record OneAlertModel(AlertLine? Rule, IReadOnlyList<(string Id, string Name)> Channels, IReadOnlyList<StoredEntry>? History, bool MayChange);
