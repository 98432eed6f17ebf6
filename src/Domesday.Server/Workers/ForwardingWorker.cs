using Domesday.Core.Forwarding;
using Domesday.Core.Nodes;
using Microsoft.Extensions.Hosting;

namespace Domesday.Server.Workers;

/// <summary>Forwards events for as long as the service runs; of several nodes one does.</summary>
internal sealed class ForwardingWorker(Forwarder forwarder, IWorkLeases nodes) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => forwarder.RunAsync(nodes, stoppingToken);
}
