using Microsoft.Extensions.Logging;

namespace Domesday.Core.Gaps;

internal static partial class GapLog
{
    [LoggerMessage(1501, LogLevel.Warning, "What was noted of the gaps of the tenant {Tenant} cannot be read; its ledger is read from the beginning: {Reason}")]
    public static partial void NotRead(ILogger logger, string tenant, string reason);
}
