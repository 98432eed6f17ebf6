using Domesday.Core.Credentials;
using Domesday.Core.Nodes;
using Domesday.Core.Tokens;
using Microsoft.Extensions.Hosting;

namespace Domesday.Server.Workers;

/// <summary>Hands on what is recorded from time to time: counted sign-in failures every minute, last uses of keys every hour, and both at the end. Replaces the key that signs tokens when it is due.</summary>
internal sealed class AccessRecordsWorker(SignInFailures failures, KeyUses uses, TokenKeys tokens, IWorkLeases nodes, TimeProvider time) : BackgroundService
{
    private const int MinutesOfUses = 60;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        try
        {
            for (var minute = 1; await timer.WaitForNextTickAsync(stoppingToken); minute++)
            {
                failures.Flush();
                if (minute % MinutesOfUses != 0) continue;
                uses.Flush();
                if (nodes.IsSole) tokens.RotateIfDue();
            }
        }
        catch (OperationCanceledException)
        {
            failures.Flush();
            uses.Flush();
        }
    }
}
