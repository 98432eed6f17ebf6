using Domesday.Core.Problems;
using Domesday.Core.Reports;

namespace Domesday.Ui.Usage;

/// <param name="Range">The parameter <c>from</c> that is chosen.</param>
/// <param name="Report">Null when there is a problem.</param>
public sealed record UsageModel(UsageSplit By, string Range, UsageReport? Report, Problem? Problem)
{
    /// <summary>The report is without its resources, which the page's script counts: there are too many events to wait for it.</summary>
    public bool IsCounting { get; init; }

    /// <summary>Null for who may not see them.</summary>
    public SentReportsModel? Sent { get; init; }
}
