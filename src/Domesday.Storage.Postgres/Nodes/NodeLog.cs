using Microsoft.Extensions.Logging;

namespace Domesday.Storage.Postgres.Nodes;

/// <summary>What nodes say about each other: ids 5551 to 5559.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(5551, LogLevel.Information, "This node does the {Work} from now on, as holder number {Epoch}")]
    public static partial void Taken(ILogger logger, string work, long epoch);

    [LoggerMessage(5552, LogLevel.Warning, "Another node does the {Work} now")]
    public static partial void Lost(ILogger logger, string work);

    [LoggerMessage(5553, LogLevel.Warning, "The lease of the {Work} could not be renewed; without it another node takes over")]
    public static partial void NotRenewed(ILogger logger, Exception exception, string work);
}
