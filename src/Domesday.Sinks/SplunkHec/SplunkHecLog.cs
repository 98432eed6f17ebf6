using Microsoft.Extensions.Logging;

namespace Domesday.Sinks.SplunkHec;

internal static partial class SplunkHecLog
{
    [LoggerMessage(4241, LogLevel.Debug, "Sink {Sink}: the indexers acknowledged {Acknowledgement}")]
    public static partial void Acknowledged(ILogger logger, string sink, long acknowledgement);
}
