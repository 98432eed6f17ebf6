using Microsoft.Extensions.Logging;

namespace Domesday.Sinks.CloudWatch;

internal static partial class CloudWatchLog
{
    [LoggerMessage(4201, LogLevel.Information, "Sink {Sink} made the log stream {Stream} in the group {Group}")]
    public static partial void StreamMade(ILogger logger, string sink, string group, string stream);
}
