using Microsoft.Extensions.Logging;

namespace Domesday.Core.Forwarding;

internal static partial class ForwardingLog
{
    [LoggerMessage(4001, LogLevel.Warning, "Sink {Sink} of tenant {Tenant} did not take events from sequence {Sequence} on; again in {Seconds} s: {Reason}")]
    public static partial void Delayed(ILogger logger, string sink, string tenant, long sequence, double seconds, string reason);

    [LoggerMessage(4002, LogLevel.Warning, "Sink {Sink} of tenant {Tenant}: the receiver rejected {Count} events, the first is {Sequence}: {Reason}")]
    public static partial void Rejected(ILogger logger, string sink, string tenant, int count, long sequence, string reason);

    [LoggerMessage(4003, LogLevel.Error, "Sink {Sink} of tenant {Tenant}: retention dropped {Count} events before they were forwarded")]
    public static partial void Missed(ILogger logger, string sink, string tenant, long count);

    [LoggerMessage(4004, LogLevel.Error, "Sink {Sink} of tenant {Tenant} failed; it goes on by itself")]
    public static partial void Failed(ILogger logger, Exception exception, string sink, string tenant);

    [LoggerMessage(4005, LogLevel.Error, "Sink {Sink} of tenant {Tenant} cannot start: {Reason}")]
    public static partial void NotStarted(ILogger logger, string sink, string tenant, string reason);

    [LoggerMessage(4006, LogLevel.Information, "Sink {Sink} of tenant {Tenant} takes events again, from sequence {Sequence} on")]
    public static partial void Recovered(ILogger logger, string sink, string tenant, long sequence);

    [LoggerMessage(4007, LogLevel.Warning, "Sink {Sink} of tenant {Tenant}: the ledger has {Size} events but {Next} were forwarded: it is another one, and the sink goes on with what comes")]
    public static partial void LedgerShorter(ILogger logger, string sink, string tenant, long size, long next);

    [LoggerMessage(4008, LogLevel.Warning, "How sink {Sink} of tenant {Tenant} stands, which another node runs, cannot be told now")]
    public static partial void NotKnown(ILogger logger, Exception exception, string sink, string tenant);

    [LoggerMessage(4009, LogLevel.Warning, "Changes of sinks could not be followed; it is tried again")]
    public static partial void TurnFailed(ILogger logger, Exception exception);
}
