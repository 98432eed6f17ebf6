using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Nodes;
using Domesday.Core.Secrets;
using Domesday.Core.Storage;
using Domesday.Core.Tokens;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Workers;

/// <summary>Keeps this node up with the others: their administrative changes as soon as they are stored, their token keys every minute.</summary>
internal sealed partial class NodeWorker(IEventStore store, ControlLedger ledger, SharedKeys shared, TokenKeys tokens, IWorkLeases nodes, TimeProvider time, ILogger<NodeWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenKeys = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        LoopAsync(FollowAsync, stoppingToken),
        LoopAsync(ShareKeysAsync, stoppingToken));

    private async Task FollowAsync(CancellationToken cancellation)
    {
        var size = store.Size(TenantName.System);
        await ledger.CatchUpAsync(cancellation);
        await store.WaitBeyondAsync(TenantName.System, size, cancellation);
    }

    private async Task ShareKeysAsync(CancellationToken cancellation)
    {
        await Task.Delay(BetweenKeys, time, cancellation);
        if (nodes.Holds(Work.TokenKeys))
        {
            tokens.RotateIfDue();
            await shared.ShareTokensAsync(cancellation);
        }
        else if (await shared.FetchTokensAsync(cancellation))
        {
            tokens.Reload();
        }
    }

    private async Task LoopAsync(Func<CancellationToken, Task> turn, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await turn(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Failed(logger, exception);
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(6401, LogLevel.Warning, "Following the service's other nodes failed; it is tried again")]
    private static partial void Failed(ILogger logger, Exception exception);
}
