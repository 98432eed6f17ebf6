using Domesday.Core.Nodes;
using Domesday.Core.Witnesses;
using Domesday.Server.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Workers;

/// <summary>Asks witnesses again and again; of several nodes the one that seals does.</summary>
internal sealed partial class WitnessWorker(Witnessing witnessing, IWorkLeases nodes, ServiceSettings settings, TimeProvider time, ILogger<WitnessWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (witnessing.Witnesses.Count == 0) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (nodes.Holds(Work.Sealing)) await witnessing.TurnAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                Failed(logger, exception);
            }
            await Task.Delay(settings.WitnessPause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(6111, LogLevel.Error, "Asking witnesses failed; they are asked again")]
    private static partial void Failed(ILogger logger, Exception exception);
}
