using Microsoft.Extensions.Logging;

namespace Domesday.Server;

internal static partial class ServerLog
{
    [LoggerMessage(3001, LogLevel.Critical, "The service ends")]
    public static partial void Ended(ILogger logger, Exception exception);

    [LoggerMessage(3002, LogLevel.Warning, "{Url} is not encrypted and others may reach it: credentials and events travel in the clear")]
    public static partial void ClearText(ILogger logger, string url);
}
