using Domesday.Core.Gaps;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Workers;

/// <summary>Follows the ledgers for gaps, every second, and keeps what was noted every half minute and at the end.</summary>
internal sealed partial class GapWorker(GapTracker tracker, TimeProvider time, ILogger<GapWorker> logger) : BackgroundService
{
    private const int TurnsToSave = 30;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TurnAsync(async () => await tracker.SaveAsync(CancellationToken.None));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var turn = 1; !stoppingToken.IsCancellationRequested; turn++)
        {
            var more = false;
            await TurnAsync(async () => more = await tracker.FollowAsync(stoppingToken));
            if (turn % TurnsToSave == 0) await TurnAsync(async () => await tracker.SaveAsync(stoppingToken));
            if (!more) await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TurnAsync(Func<Task> turn)
    {
        try
        {
            await turn();
        }
        catch (OperationCanceledException)
        {
            // The service ends.
        }
        catch (Exception exception)
        {
            Failed(logger, exception);
        }
    }

    [LoggerMessage(6201, LogLevel.Error, "Following the ledgers for gaps failed; it goes on with the next turn")]
    private static partial void Failed(ILogger logger, Exception exception);
}
