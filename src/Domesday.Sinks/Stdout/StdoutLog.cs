using Microsoft.Extensions.Logging;

namespace Domesday.Sinks.Stdout;

internal static partial class StdoutLog
{
    [LoggerMessage(4121, LogLevel.Trace, "Sink {Sink} wrote {Count} events")]
    public static partial void Written(ILogger logger, string sink, int count);
}
