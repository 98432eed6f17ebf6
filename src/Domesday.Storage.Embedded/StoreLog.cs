using Microsoft.Extensions.Logging;

namespace Domesday.Storage.Embedded;

/// <summary>Messages 3000 to 3099.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(3000, LogLevel.Information, "The store is open: {Ledgers} ledgers; {Events} events read back from the log")]
    public static partial void Opened(ILogger logger, int ledgers, int events);

    [LoggerMessage(3001, LogLevel.Warning, "The log ended in {Bytes} bytes that were never acknowledged; they were cut off")]
    public static partial void TornTail(ILogger logger, long bytes);

    [LoggerMessage(3002, LogLevel.Critical, "The log of {Tenant} is damaged: {Description}")]
    public static partial void Damaged(ILogger logger, string tenant, string description);

    [LoggerMessage(3003, LogLevel.Error, "Segments could not be written; trying again")]
    public static partial void FlushFailed(ILogger logger, Exception exception);

    [LoggerMessage(3004, LogLevel.Error, "Segments could not be merged; trying again")]
    public static partial void MergeFailed(ILogger logger, Exception exception);

    [LoggerMessage(3005, LogLevel.Critical, "A group of batches could not be stored")]
    public static partial void CommitFailed(ILogger logger, Exception exception);

    [LoggerMessage(3006, LogLevel.Warning, "The index of event ids is damaged; making it again from the segments")]
    public static partial void RebuildingIds(ILogger logger);
}
