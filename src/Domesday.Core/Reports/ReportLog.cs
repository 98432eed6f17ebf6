using Microsoft.Extensions.Logging;

namespace Domesday.Core.Reports;

internal static partial class ReportLog
{
    [LoggerMessage(4501, LogLevel.Warning, "The report {Report} of tenant {Tenant} could not be sent and is tried again: {Reason}")]
    public static partial void NotSent(ILogger logger, string report, string tenant, string reason);
}
