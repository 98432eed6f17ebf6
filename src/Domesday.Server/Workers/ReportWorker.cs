using Domesday.Core.Nodes;
using Domesday.Core.Reports;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Workers;

/// <summary>Looks every few seconds for reports that are due; of several nodes the one that also looks for alerts does.</summary>
internal sealed class ReportWorker(ScheduledReports reports, IWorkLeases nodes, TimeProvider time, ILogger<ReportWorker> logger)
    : LeasedWorker(Work.Alerts, TimeSpan.FromSeconds(3), nodes, time, logger)
{
    protected override Task TurnAsync(CancellationToken cancellation) => reports.TurnAsync(cancellation).AsTask();
}
