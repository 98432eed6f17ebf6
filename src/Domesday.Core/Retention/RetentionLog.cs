using Microsoft.Extensions.Logging;

namespace Domesday.Core.Retention;

internal static partial class RetentionLog
{
    [LoggerMessage(6301, LogLevel.Information, "Retention of {Days} days: {Events} events, {Bytes} bytes of tenant {Tenant} were dropped")]
    public static partial void Dropped(ILogger logger, int days, long events, long bytes, string tenant);

    [LoggerMessage(6302, LogLevel.Warning, "Retention of tenant {Tenant} could not be enforced: {Reason}")]
    public static partial void NotDropped(ILogger logger, Exception? exception, string tenant, string reason);
}
