using Microsoft.Extensions.Logging;

namespace Domesday.Sinks.SyslogOut;

internal static partial class SyslogOutLog
{
    [LoggerMessage(4161, LogLevel.Debug, "Sink {Sink} sent {Count} messages of {Bytes} bytes over {Transport}")]
    public static partial void Sent(ILogger logger, string sink, int count, long bytes, string transport);
}
