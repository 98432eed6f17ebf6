using Domesday.Server.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Server;

/// <summary>What ties a node to the service's other nodes.</summary>
internal static class NodeComposition
{
    public static void AddNodes(this IServiceCollection services, ServiceCore core)
    {
        services.AddSingleton(core.Storage.Nodes);
        if (core.SharedKeys is null) return;
        services.AddSingleton(core.SharedKeys);
        services.AddHostedService<NodeWorker>();
    }
}
