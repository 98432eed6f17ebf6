using Microsoft.Extensions.Logging;

namespace Domesday.Sinks.S3Archive;

internal static partial class S3ArchiveLog
{
    [LoggerMessage(4301, LogLevel.Debug, "Sink {Sink} stored {Count} events as {Key}")]
    public static partial void Stored(ILogger logger, string sink, int count, string key);
}
