using Microsoft.Extensions.Logging;

namespace Domesday.Core.Control;

internal static partial class ControlLog
{
    [LoggerMessage(1001, LogLevel.Information, "Control state: {Tenants} tenants, {Users} users, {Keys} keys from {Changes} changes")]
    public static partial void Opened(ILogger logger, int tenants, int users, int keys, long changes);

    [LoggerMessage(1002, LogLevel.Warning, "The change at sequence {Sequence} could not be told to tenant {Tenant}: {Reason}")]
    public static partial void NotTold(ILogger logger, long sequence, string tenant, string reason);

    [LoggerMessage(1003, LogLevel.Warning, "{Count} events of the service itself could not be recorded yet in tenant {Tenant}: {Reason}")]
    public static partial void NotRecorded(ILogger logger, int count, string tenant, string reason);

    [LoggerMessage(1004, LogLevel.Error, "{Count} events of the service itself were refused by tenant {Tenant} and are lost: {Reason}")]
    public static partial void Refused(ILogger logger, int count, string tenant, string reason);

    [LoggerMessage(1005, LogLevel.Error, "Recording the service's own events failed; it goes on with the next ones")]
    public static partial void RecordingFailed(ILogger logger, Exception exception);

    [LoggerMessage(1006, LogLevel.Warning, "{Count} events of the service itself were still waiting when it stopped")]
    public static partial void LeftBehind(ILogger logger, int count);
}
