using Microsoft.Extensions.Logging;

namespace Domesday.Sinks.ElasticBulk;

internal static partial class ElasticBulkLog
{
    [LoggerMessage(4221, LogLevel.Debug, "Sink {Sink}: of {Count} items {Rejected} were rejected and {Again} are to come again")]
    public static partial void Answered(ILogger logger, string sink, int count, int rejected, int again);
}
