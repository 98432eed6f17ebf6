using Domesday.Core.Access;
using Domesday.Storage.Postgres.Ledgers;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Chooses who answers: a replica when there is one that has everything that was acknowledged before the question, else the primary.</summary>
internal sealed class ReadRouter(NpgsqlDataSource primary, NpgsqlDataSource? replica, LedgerMap map)
{
    /// <param name="isAgain">The first attempt failed: a replica is not asked any more.</param>
    public async ValueTask<(ReadSession Session, IReadOnlyList<LedgerSnapshot> Ledgers)> OpenAsync(AccessScope scope, bool isAgain, CancellationToken cancellation)
    {
        if (replica is not null && !isAgain && await TryReplicaAsync(scope, cancellation) is { } found) return found;
        return await OpenAsync(primary, scope, cancellation);
    }

    private async ValueTask<(ReadSession Session, IReadOnlyList<LedgerSnapshot> Ledgers)?> TryReplicaAsync(AccessScope scope, CancellationToken cancellation)
    {
        try
        {
            // Asked before the replica is: what any node acknowledged by now is counted.
            var acknowledged = await AcknowledgedAsync(scope, cancellation);
            var (session, ledgers) = await OpenAsync(replica!, scope, cancellation);
            if (ledgers.Sum(ledger => ledger.Size) >= acknowledged) return (session, ledgers);
            await session.DisposeAsync();
        }
        catch (NpgsqlException exception) when (Outage.Is(exception))
        {
            // The primary answers.
        }
        return null;
    }

    private async ValueTask<long> AcknowledgedAsync(AccessScope scope, CancellationToken cancellation)
    {
        await using var command = primary.CreateCommand($"select coalesce(sum(size), 0)::bigint from ledger where {(scope.Tenant is null ? "strpos(name, '~') = 0" : "name = $1")}");
        if (scope.Tenant is { } tenant) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tenant });
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async ValueTask<(ReadSession Session, IReadOnlyList<LedgerSnapshot> Ledgers)> OpenAsync(NpgsqlDataSource source, AccessScope scope, CancellationToken cancellation)
    {
        var session = await ReadSession.OpenAsync(source, cancellation);
        try
        {
            return (session, await session.LedgersAsync(map, scope, cancellation));
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }
}
