namespace Domesday.Core.Alerts;

/// <summary>When a rule raises an alert.</summary>
public static class AlertConditions
{
    /// <summary>Each event that matches.</summary>
    public const string Each = "each";

    /// <summary>So many events of a group within a window.</summary>
    public const string Count = "count";

    /// <summary>An event of a group that was not seen before.</summary>
    public const string FirstSeen = "first_seen";

    /// <summary>No event that matches for as long as the window.</summary>
    public const string Absence = "absence";

    public static IReadOnlyList<string> All { get; } = [Each, Count, FirstSeen, Absence];

    /// <summary>The <c>operation</c> of the events that tell of an alert.</summary>
    public const string Operation = "alert.fired";

    /// <summary>A group is also made of this: the range of addresses that <c>source.ip</c> lies in, /24 of IPv4 and /48 of IPv6.</summary>
    public const string SourceRange = "source_range";

    public static IReadOnlyList<string> Severities { get; } = ["critical", "error", "warning", "info"];
}
