using Domesday.Core.Nodes;

namespace Domesday.Core.Sealing;

/// <summary>What sealing needs to know of the service's other nodes.</summary>
/// <param name="Share">Null when there can be none.</param>
public sealed record SealingNodes(IWorkLeases Leases, ICheckpointShare? Share)
{
    public static SealingNodes Sole { get; } = new(SoleNode.Instance, null);
}
