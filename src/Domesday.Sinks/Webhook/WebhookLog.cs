using Microsoft.Extensions.Logging;

namespace Domesday.Sinks.Webhook;

internal static partial class WebhookLog
{
    [LoggerMessage(4101, LogLevel.Debug, "Webhook {Sink}: the receiver answered {Status}")]
    public static partial void NotTaken(ILogger logger, string sink, int status);
}
