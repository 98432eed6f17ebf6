using System.Net;
using Microsoft.Extensions.Logging;

namespace Domesday.Ingest.Syslog;

internal static partial class SyslogLog
{
    [LoggerMessage(7101, LogLevel.Information, "Listens for syslog over {Transport} on {Address} for the tenant {Tenant}")]
    public static partial void Listens(ILogger logger, string transport, EndPoint? address, string tenant);

    [LoggerMessage(7102, LogLevel.Warning, "{Count} syslog messages over {Transport} for the tenant {Tenant} wait: {Reason}")]
    public static partial void NotStored(ILogger logger, int count, string transport, string tenant, string reason);

    [LoggerMessage(7103, LogLevel.Error, "Storing syslog messages over {Transport} failed; they are tried again")]
    public static partial void StoringFailed(ILogger logger, Exception exception, string transport);

    [LoggerMessage(7104, LogLevel.Warning, "{Count} syslog messages over {Transport} were still waiting when the service ended")]
    public static partial void LeftBehind(ILogger logger, int count, string transport);

    [LoggerMessage(7105, LogLevel.Information, "A syslog connection over {Transport} from {Sender} was refused: {Reason}")]
    public static partial void Refused(ILogger logger, string transport, string sender, string reason);

    [LoggerMessage(7106, LogLevel.Warning, "Receiving syslog over {Transport} failed; it goes on: {Reason}")]
    public static partial void Stumbled(ILogger logger, string transport, string reason);

    [LoggerMessage(7107, LogLevel.Information, "A syslog connection over {Transport} from {Sender} brought no message for too long and was closed")]
    public static partial void Idle(ILogger logger, string transport, string sender);
}
