using Microsoft.Extensions.Logging;

namespace Domesday.Sinks.Mail;

internal static partial class MailLog
{
    [LoggerMessage(4321, LogLevel.Debug, "Sink {Sink} sent {Count} events by mail")]
    public static partial void Sent(ILogger logger, string sink, int count);
}
