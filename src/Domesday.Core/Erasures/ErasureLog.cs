using Microsoft.Extensions.Logging;

namespace Domesday.Core.Erasures;

internal static partial class ErasureLog
{
    [LoggerMessage(6321, LogLevel.Information, "Erasure {Id}: {Events} events of tenant {Tenant} were erased")]
    public static partial void Erased(ILogger logger, string id, long events, string tenant);

    [LoggerMessage(6322, LogLevel.Warning, "Erasure {Id} of tenant {Tenant} is not complete and is tried again: {Reason}")]
    public static partial void Delayed(ILogger logger, Exception? exception, string id, string tenant, string reason);
}
