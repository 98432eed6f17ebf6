using Domesday.Events;

namespace Domesday.Core.Reports;

/// <summary>How much was recorded, and about how many different resources, split by one thing.</summary>
/// <param name="By">What it is split by.</param>
/// <param name="Rows">Those with the most events first; by day in order of time.</param>
/// <param name="Total">Of everything that matches, also what no row is about.</param>
/// <param name="Distinct">How many values there are; more than there are rows when the list was cut.</param>
public sealed record UsageReport(UsageSplit By, IReadOnlyList<UsageRow> Rows, UsageRow Total, int Distinct, Timestamp CompleteThrough);

/// <param name="Key">The project, actor, service, or day in UTC.</param>
/// <param name="Resources">Different values of <c>resource.id</c>; null when they were not counted.</param>
/// <param name="IsEstimate">There were so many resources that their number is one of a sample.</param>
public sealed record UsageRow(string Key, long Events, long Failures, long? Resources, bool IsEstimate = false);

/// <summary>What usage is split by.</summary>
public enum UsageSplit
{
    Project,
    Actor,
    Service,
    Day,
}
