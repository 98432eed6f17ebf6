using Microsoft.Extensions.Logging;

namespace Domesday.Server.Metrics;

internal static partial class MetricsLog
{
    [LoggerMessage(3101, LogLevel.Debug, "{Method} {Route} answered {Status} after {Milliseconds:F1} ms")]
    public static partial void Answered(ILogger logger, string method, string route, string status, double milliseconds);
}
