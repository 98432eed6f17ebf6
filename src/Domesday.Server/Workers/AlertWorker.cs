using Domesday.Core.Alerts;
using Domesday.Core.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Workers;

/// <summary>Looks at what has come for alerts, every second, and every half minute at how the service itself is; of several nodes one does.</summary>
internal sealed partial class AlertWorker(AlertWatch watch, ServiceWatch service, GapWatch gaps, IWorkLeases nodes, TimeProvider time, ILogger<AlertWorker> logger) : BackgroundService
{
    private const int TurnsBetweenLooks = 30;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var turn = 1; !stoppingToken.IsCancellationRequested; turn++)
        {
            var more = false;
            if (nodes.Holds(Work.Alerts))
            {
                if (turn % TurnsBetweenLooks == 0)
                {
                    await TryAsync(() =>
                    {
                        service.Look();
                        return Task.CompletedTask;
                    }, stoppingToken);
                    await TryAsync(() => gaps.LookAsync(stoppingToken).AsTask(), stoppingToken);
                }
                await TryAsync(async () => more = await watch.TurnAsync(stoppingToken), stoppingToken);
            }
            else
            {
                watch.Release();
            }
            if (!more) await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One that fails, perhaps each time, keeps nobody from the others.</summary>
    private async Task TryAsync(Func<Task> look, CancellationToken stop)
    {
        try
        {
            await look();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The service ends.
        }
        catch (Exception exception)
        {
            Failed(logger, exception);
        }
    }

    [LoggerMessage(6401, LogLevel.Error, "Looking for alerts failed; it goes on with the next turn")]
    private static partial void Failed(ILogger logger, Exception exception);
}
