using Microsoft.Extensions.Logging;

namespace Domesday.Sinks.OtlpOut;

internal static partial class OtlpOutLog
{
    [LoggerMessage(4261, LogLevel.Debug, "Sink {Sink}: the collector rejected {Rejected} of {Count} records without saying which")]
    public static partial void Partial(ILogger logger, string sink, long rejected, int count);
}
