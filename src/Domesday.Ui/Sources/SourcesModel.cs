using Domesday.Core.Append;
using Domesday.Core.Gaps;
using Domesday.Core.Query;
using Domesday.Events;

namespace Domesday.Ui.Sources;

/// <summary>Where events come from, and what of them did not arrive.</summary>
public sealed record SourcesModel
{
    public IReadOnlyList<SourceLine> Sources { get; init; } = [];

    /// <summary>Producers that number their events; null for readers of some projects.</summary>
    public IReadOnlyList<(string Name, ProducerLine Line)>? Producers { get; init; }

    /// <summary>Null for who may not see it.</summary>
    public IReadOnlyList<QuarantineLine>? Quarantine { get; init; }

    public PageCursor? QuarantineNext { get; init; }

    public bool MayReplay { get; init; }
}

/// <param name="LastHour">Events that happened within the last hour.</param>
/// <param name="LastArrival">When the newest of its events arrived; null when none was ever.</param>
public sealed record SourceLine(string Kind, long LastHour, long LastDay, long Ever, Timestamp? LastArrival)
{
    /// <summary>Sent every hour of the last day, on average, and nothing within this one.</summary>
    public bool IsSilent => LastHour == 0 && LastDay >= 24;
}

public sealed record ProducerLine(long Last, Timestamp LastAt, long Received, long Missing, IReadOnlyList<GapRange> Gaps);

public sealed record QuarantineLine(QuarantinedInput Input, Timestamp? ReplayedAt);
