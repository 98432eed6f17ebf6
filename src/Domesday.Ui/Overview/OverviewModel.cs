using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Ui.EventList;

namespace Domesday.Ui.Overview;

/// <summary>The last day against the days before it.</summary>
public sealed record OverviewModel(Timestamp DayAgo, HistogramModel Histogram)
{
    public long Events { get; init; }

    public long EventsDayBefore { get; init; }

    public long Failures { get; init; }

    public long FailuresDayBefore { get; init; }

    public IReadOnlyList<FacetValue> Actors { get; init; } = [];

    public IReadOnlyList<FacetValue> Services { get; init; } = [];

    /// <summary>By action, of failures alone.</summary>
    public IReadOnlyList<FacetValue> FailedActions { get; init; } = [];

    /// <summary>Seen in the last day and not in the thirty days before.</summary>
    public IReadOnlyList<FacetValue> NewActors { get; init; } = [];

    /// <inheritdoc cref="NewActors"/>
    public IReadOnlyList<FacetValue> NewAddresses { get; init; } = [];

    /// <summary>What somebody should see to; worst first.</summary>
    public IReadOnlyList<Concern> Concerns { get; init; } = [];

    public Timestamp? CompleteThrough { get; init; }
}

/// <summary>Something that is late or broken.</summary>
/// <param name="IsSevere">Events may be lost, or the ledger is not what it was.</param>
/// <param name="Path">Where more is said.</param>
public sealed record Concern(string Text, bool IsSevere, string Path);
