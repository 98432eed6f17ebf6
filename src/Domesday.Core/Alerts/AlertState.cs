using System.Text.Json.Serialization;

namespace Domesday.Core.Alerts;

/// <summary>How far a tenant's rules have looked, and what they remember. Kept in one file: it follows from the ledger, and a crash never parts the place from the counts.</summary>
internal sealed class AlertState
{
    /// <summary>The first event that was not looked at.</summary>
    public long Next { get; set; }

    /// <summary>By id of the rule.</summary>
    public Dictionary<string, RuleMemory> Rules { get; set; } = [];
}

/// <summary>What one rule remembers.</summary>
internal sealed class RuleMemory
{
    /// <summary>The rule's version that this is about: another filter has other groups.</summary>
    public long Version { get; set; }

    public long Fired { get; set; }

    /// <summary>Microseconds since 1970; 0 for never.</summary>
    public long LastFired { get; set; }

    /// <summary>When the last event that matched arrived; of a rule without one, when it was made.</summary>
    public long LastMatch { get; set; }

    /// <summary>The silence that was told of began then; 0 for none.</summary>
    public long AbsenceTold { get; set; }

    public Dictionary<string, GroupMemory> Groups { get; set; } = [];
}

/// <summary>What one group remembers.</summary>
internal sealed class GroupMemory
{
    /// <summary>When the last events arrived, as many as the rule counts; microseconds.</summary>
    public List<long> Times { get; set; } = [];

    /// <summary>When it raised an alert last; microseconds, 0 for never.</summary>
    public long LastFired { get; set; }

    /// <summary>Events that would have raised one since.</summary>
    public int Held { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AlertState))]
internal sealed partial class AlertJson : JsonSerializerContext;
