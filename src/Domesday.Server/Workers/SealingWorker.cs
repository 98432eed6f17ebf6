using Domesday.Core.Sealing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Workers;

/// <summary>Seals what has arrived, twice a second, and once more at the end.</summary>
internal sealed partial class SealingWorker(Sealer sealer, TimeProvider time, ILogger<SealingWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!cancellationToken.IsCancellationRequested) await TurnAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!await TurnAsync(stoppingToken)) await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Whether there is more to seal right away.</returns>
    private async ValueTask<bool> TurnAsync(CancellationToken cancellation)
    {
        try
        {
            return await sealer.SealAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception exception)
        {
            Failed(logger, exception);
            return false;
        }
    }

    [LoggerMessage(6101, LogLevel.Error, "Sealing failed; it goes on with the next turn")]
    private static partial void Failed(ILogger logger, Exception exception);
}
