using Microsoft.Extensions.Logging;

namespace Domesday.Proxy.Hosting;

/// <summary>What a proxy tells its operators: never a body, never a target.</summary>
internal static partial class ProxyLog
{
    [LoggerMessage(6001, LogLevel.Warning, "{Count} requests were served unrecorded since the last such line: the spool says {Outcome}")]
    public static partial void Unrecorded(ILogger logger, long count, string outcome);

    [LoggerMessage(6002, LogLevel.Error, "{Count} requests were refused since the last such line because they could not be recorded: the spool says {Outcome}")]
    public static partial void Refused(ILogger logger, long count, string outcome);

    [LoggerMessage(6003, LogLevel.Information, "Policy {Version} is in force: level {Level}, {Rules} rules")]
    public static partial void Policy(ILogger logger, long version, string level, int rules);

    [LoggerMessage(6004, LogLevel.Warning, "{Waiting} events wait for the service: {Reason}")]
    public static partial void ServiceAway(ILogger logger, long waiting, string reason);

    [LoggerMessage(6005, LogLevel.Information, "The service takes events again; {Waiting} wait")]
    public static partial void ServiceBack(ILogger logger, long waiting);

    [LoggerMessage(6006, LogLevel.Warning, "The spool was left torn by {Torn} bytes and damaged by {Damaged}")]
    public static partial void Recovered(ILogger logger, long torn, long damaged);

    [LoggerMessage(6007, LogLevel.Error, "A session failed")]
    public static partial void SessionFailed(ILogger logger, Exception exception);
}
