using Domesday.Events.Merkle;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Sealing;

internal static partial class SealingLog
{
    [LoggerMessage(6001, LogLevel.Critical, "Ledger {Tenant} is broken and gets no further checkpoints: {Reason}")]
    public static partial void Broken(ILogger logger, string tenant, string reason);

    [LoggerMessage(6002, LogLevel.Warning, "The tree of ledger {Tenant} did not agree with its last checkpoint and is built again from the entries")]
    public static partial void BuildingAgain(ILogger logger, string tenant);

    [LoggerMessage(6003, LogLevel.Error, "Ledger {Tenant} could not be sealed and is tried again in {Seconds} s: {Reason}")]
    public static partial void Delayed(ILogger logger, Exception? exception, string tenant, int seconds, string reason);

    [LoggerMessage(6004, LogLevel.Error, "{Count} checkpoints could not be recorded; none is published before they are")]
    public static partial void NotRecorded(ILogger logger, Exception exception, int count);

    [LoggerMessage(6005, LogLevel.Warning, "The record of signed checkpoints ended within a line, which was cut off")]
    public static partial void RecordTorn(ILogger logger);

    [LoggerMessage(6006, LogLevel.Information, "Checkpoints are signed with key {Key}; the last ones of {Ledgers} ledgers are known")]
    public static partial void Opened(ILogger logger, NoteKey key, int ledgers);
}
