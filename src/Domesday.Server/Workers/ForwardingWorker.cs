using Domesday.Core.Forwarding;
using Microsoft.Extensions.Hosting;

namespace Domesday.Server.Workers;

/// <summary>Forwards events for as long as the service runs.</summary>
internal sealed class ForwardingWorker(Forwarder forwarder) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => forwarder.RunAsync(stoppingToken);
}
