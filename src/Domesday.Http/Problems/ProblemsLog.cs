using Microsoft.Extensions.Logging;

namespace Domesday.Http.Problems;

internal static partial class ProblemsLog
{
    [LoggerMessage(2001, LogLevel.Error, "{Method} {Route} failed")]
    public static partial void Failed(ILogger logger, Exception exception, string method, string route);
}
