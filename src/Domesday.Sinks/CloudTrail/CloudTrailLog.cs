using Microsoft.Extensions.Logging;

namespace Domesday.Sinks.CloudTrail;

internal static partial class CloudTrailLog
{
    [LoggerMessage(4281, LogLevel.Debug, "Sink {Sink}: CloudTrail failed {Failed} of {Count} events")]
    public static partial void Failed(ILogger logger, string sink, int failed, int count);
}
