using Domesday.Core.Nodes;
using Domesday.Core.Reports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Workers;

/// <summary>Looks every few seconds for reports that are due; of several nodes the one that also looks for alerts does.</summary>
internal sealed partial class ReportWorker(ScheduledReports reports, IWorkLeases nodes, TimeProvider time, ILogger<ReportWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (nodes.Holds(Work.Alerts)) await reports.TurnAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                Failed(logger, exception);
            }
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(6411, LogLevel.Error, "Sending reports failed; it goes on with the next turn")]
    private static partial void Failed(ILogger logger, Exception exception);
}
