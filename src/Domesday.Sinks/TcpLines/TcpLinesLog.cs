using Microsoft.Extensions.Logging;

namespace Domesday.Sinks.TcpLines;

internal static partial class TcpLinesLog
{
    [LoggerMessage(4181, LogLevel.Debug, "Sink {Sink} sent {Count} events, {Bytes} bytes")]
    public static partial void Sent(ILogger logger, string sink, int count, long bytes);
}
