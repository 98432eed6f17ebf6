using Microsoft.Extensions.Logging;

namespace Domesday.Core.Alerts;

internal static partial class AlertLog
{
    [LoggerMessage(4401, LogLevel.Error, "{Count} alerts of tenant {Tenant} could not be recorded yet; they are raised again: {Reason}")]
    public static partial void NotRaised(ILogger logger, string tenant, int count, string reason);

    [LoggerMessage(4402, LogLevel.Warning, "What the alerts of tenant {Tenant} remembered cannot be read; its events are looked at again: {Reason}")]
    public static partial void Forgotten(ILogger logger, string tenant, string reason);

    [LoggerMessage(4403, LogLevel.Error, "Looking for alerts of tenant {Tenant} failed; it goes on with the next turn")]
    public static partial void NotLooked(ILogger logger, Exception exception, string tenant);
}
