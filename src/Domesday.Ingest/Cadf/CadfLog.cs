using Microsoft.Extensions.Logging;

namespace Domesday.Ingest.Cadf;

internal static partial class CadfLog
{
    [LoggerMessage(7201, LogLevel.Information, "Takes notifications from RabbitMQ at {Host}, exchanges {Exchanges}, for the tenant {Tenant}")]
    public static partial void Consumes(ILogger logger, string host, string exchanges, string tenant);

    [LoggerMessage(7202, LogLevel.Warning, "RabbitMQ at {Host} is not to be had, it is tried again: {Reason}")]
    public static partial void NotConnected(ILogger logger, string host, string reason);

    [LoggerMessage(7203, LogLevel.Warning, "{Count} messages from RabbitMQ for the tenant {Tenant} wait: {Reason}")]
    public static partial void NotStored(ILogger logger, int count, string tenant, string reason);

    [LoggerMessage(7204, LogLevel.Error, "Storing messages from RabbitMQ failed; they are tried again")]
    public static partial void StoringFailed(ILogger logger, Exception exception);
}
