using Domesday.Core.Erasures;
using Domesday.Core.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Workers;

/// <summary>Carries out erasures that a stop of the service or of its store left unfinished: at the start, and every minute; of several nodes the one that enforces retention does.</summary>
internal sealed partial class ErasureWorker(ErasureDirectory erasures, IWorkLeases nodes, TimeProvider time, ILogger<ErasureWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (nodes.Holds(Work.Retention)) await erasures.FinishAsync(stoppingToken);
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

    [LoggerMessage(6323, LogLevel.Error, "Carrying out erasures failed; it is tried again in a minute")]
    private static partial void Failed(ILogger logger, Exception exception);
}
