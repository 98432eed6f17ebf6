using Microsoft.Extensions.Logging;

namespace Domesday.Storage.Postgres;

/// <summary>What the engine says about itself: ids 5501 to 5599.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(5501, LogLevel.Information, "PostgreSQL {Version} is open, with {Ledgers} ledgers")]
    public static partial void Opened(ILogger logger, string version, int ledgers);

    [LoggerMessage(5502, LogLevel.Error, "Events could not be stored; their senders were told to come again")]
    public static partial void CommitFailed(ILogger logger, Exception exception);

    [LoggerMessage(5503, LogLevel.Warning, "The database could not be asked what other nodes wrote; it is tried again")]
    public static partial void PollFailed(ILogger logger, Exception exception);

    [LoggerMessage(5504, LogLevel.Warning, "Keeping the tables in order failed; it is tried again")]
    public static partial void UpkeepFailed(ILogger logger, Exception exception);

    [LoggerMessage(5505, LogLevel.Critical, "The database runs with {Setting} off: what is acknowledged does not survive a crash of its machine")]
    public static partial void NotDurable(ILogger logger, string setting);
}
