using Domesday.Core.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Workers;

/// <summary>Takes a turn again and again, on the node alone that holds the lease of the work. What fails is logged under the worker's own name, and tried again with the next turn.</summary>
/// <param name="pause">Between two turns.</param>
internal abstract partial class LeasedWorker(string work, TimeSpan pause, IWorkLeases nodes, TimeProvider time, ILogger logger) : BackgroundService
{
    protected abstract Task TurnAsync(CancellationToken cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (nodes.Holds(work)) await TurnAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                Failed(logger, exception, pause.TotalSeconds);
            }
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(6411, LogLevel.Error, "A turn failed; the next one is in {Seconds} s")]
    private static partial void Failed(ILogger logger, Exception exception, double seconds);
}
