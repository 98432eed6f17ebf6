using Domesday.Core.Query;
using Domesday.Events.Schema;

namespace Domesday.Ui.EventList;

/// <summary>A quick filter: the values of a field with their counts.</summary>
/// <param name="Name">The parameter.</param>
public sealed record FacetModel(string Name, string Title, IReadOnlyList<FacetValue> Values, int Distinct)
{
    /// <summary>Values of each that are shown.</summary>
    public const int ValuesMax = 8;

    /// <summary>The quick filters, in order.</summary>
    public static IReadOnlyList<(string Name, string Title, EventField Field)> Fields { get; } =
    [
        ("service", "Service", EventField.Service),
        ("action", "Action", EventField.Action),
        ("result", "Result", EventField.OutcomeResult),
        ("actor_name", "Actor", EventField.ActorName),
        ("resource_type", "Resource type", EventField.ResourceType),
        ("project", "Project", EventField.ScopeProjectName),
        ("region", "Region", EventField.ScopeRegion),
        ("domain", "Domain", EventField.ScopeDomain),
        ("cluster", "Cluster", EventField.ScopeClusterName),
        ("source_kind", "Source", EventField.SourceKind),
        ("level", "Level", EventField.Level),
    ];
}
