using Domesday.Core.Control;
using Domesday.Core.Nodes;
using Domesday.Core.Retention;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Workers;

/// <summary>Enforces retention at the start, every hour, and at once when a policy changes; what could not be dropped then, soon again. Warns of tenants that come near their cap.</summary>
internal sealed partial class RetentionWorker(RetentionSweep sweep, GrowthRates rates, TenantCaps caps, ControlLedger ledger, IWorkLeases nodes, TimeProvider time, ILogger<RetentionWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromHours(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>Before what could not be dropped is tried again: doubled up to the other, while it still can't be.</summary>
    private static readonly TimeSpan AgainMin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AgainMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PauseWithOthers = TimeSpan.FromSeconds(2);

    private HashSet<string> _warned = [];
    private HashSet<string> _full = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (state, next, again) = (ControlState.Empty, DateTimeOffset.MinValue, AgainMin);
        while (!stoppingToken.IsCancellationRequested)
        {
            var newest = ledger.State;
            var isChanged = !ReferenceEquals(newest.Retention, state.Retention);
            state = newest;
            if (!nodes.Holds(Work.Retention)) next = DateTimeOffset.MinValue;
            else if (isChanged || time.GetUtcNow() >= next)
            {
                var isComplete = await TurnAsync(stoppingToken);
                next = time.GetUtcNow() + (isComplete ? Between : again);
                again = isComplete ? AgainMin : TimeSpan.FromTicks(Math.Min(2 * again.Ticks, AgainMax.Ticks));
            }
            Warn();
            var pause = nodes.IsSole ? Pause : PauseWithOthers;
            await WaitAsync(state, next - time.GetUtcNow() is var left && left > TimeSpan.Zero && left < pause ? left : pause, stoppingToken);
        }
    }

    private async Task<bool> TurnAsync(CancellationToken cancellation)
    {
        try
        {
            var isComplete = await sweep.RunAsync(cancellation);
            await rates.MeasureAsync(cancellation);
            return isComplete;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception exception)
        {
            Failed(logger, exception);
            return false;
        }
    }

    /// <summary>Once when a tenant comes near its cap, and once when it reaches it.</summary>
    private void Warn()
    {
        var near = caps.Near();
        foreach (var share in near.Where(share => share.IsFull && !_full.Contains(share.Tenant))) Full(logger, share.Tenant, share.Bytes, share.BytesMax);
        foreach (var share in near.Where(share => !share.IsFull && !_warned.Contains(share.Tenant))) Near(logger, share.Tenant, share.Bytes, share.BytesMax);
        _warned = [.. near.Select(share => share.Tenant)];
        _full = [.. near.Where(share => share.IsFull).Select(share => share.Tenant)];
    }

    private async Task WaitAsync(ControlState seen, TimeSpan pause, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(pause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        await ledger.WaitForChangeAsync(seen, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(6311, LogLevel.Error, "Enforcing retention failed; it is tried again within a minute")]
    private static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(6312, LogLevel.Warning, "Tenant {Tenant} keeps {Bytes} bytes of the {BytesMax} that it may: new events are refused when it reaches them")]
    private static partial void Near(ILogger logger, string tenant, long bytes, long bytesMax);

    [LoggerMessage(6313, LogLevel.Error, "Tenant {Tenant} keeps {Bytes} bytes and may keep {BytesMax}: its new events are refused")]
    private static partial void Full(ILogger logger, string tenant, long bytes, long bytesMax);
}
