using Domesday.Core.Problems;
using Npgsql;

namespace Domesday.Storage.Postgres.Ledgers;

/// <summary>Tells a database that cannot do it now from a mistake of ours.</summary>
internal static class Outage
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Whether it may go well another time: connection lost, no room, read-only, restarting.</summary>
    public static bool Is(NpgsqlException exception) => exception is not PostgresException refused
        || refused.IsTransient || refused.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.DiskFull or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.OutOfMemory or PostgresErrorCodes.IoError or PostgresErrorCodes.QueryCanceled;

    public static Problem Problem(NpgsqlException exception) => new(ProblemKind.Unavailable, $"The database cannot do it now: {Reason(exception)}", RetryAfter: RetryAfter);

    /// <summary>Without addresses and names, which are nobody's business.</summary>
    private static string Reason(NpgsqlException exception) => exception is PostgresException refused
        ? refused.SqlState switch
        {
            PostgresErrorCodes.DiskFull => "its disk is full.",
            PostgresErrorCodes.ReadOnlySqlTransaction => "it takes no writes.",
            PostgresErrorCodes.TooManyConnections => "it has no connection to spare.",
            _ => $"it answered {refused.SqlState}.",
        }
        : exception.InnerException is TimeoutException ? "it does not answer in time." : "it cannot be reached.";
}
