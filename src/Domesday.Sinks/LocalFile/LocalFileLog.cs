using Microsoft.Extensions.Logging;

namespace Domesday.Sinks.LocalFile;

internal static partial class LocalFileLog
{
    [LoggerMessage(4141, LogLevel.Information, "Sink {Sink} put its file of {Bytes} bytes aside and begins another one")]
    public static partial void PutAside(ILogger logger, string sink, long bytes);
}
