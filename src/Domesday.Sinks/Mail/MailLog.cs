using Microsoft.Extensions.Logging;

namespace Domesday.Sinks.Mail;

internal static partial class MailLog
{
    [LoggerMessage(4321, LogLevel.Debug, "Sink {Sink} sent {Count} events by mail")]
    public static partial void Sent(ILogger logger, string sink, int count);

    [LoggerMessage(4322, LogLevel.Warning, "Sink {Sink}: the mail server refused a receiver for good, the others have the mail: {Receiver}")]
    public static partial void Refused(ILogger logger, string sink, string receiver);
}
