using Domesday.Core.Access;
using Domesday.Storage.Postgres.Ledgers;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Chooses who answers: a replica when there is one that has everything that was acknowledged before the question, erasing included, else the primary.</summary>
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
            var (size, erasures) = await AcknowledgedAsync(scope, cancellation);
            var (session, ledgers) = await OpenAsync(replica!, scope, cancellation);
            if (ledgers.Sum(ledger => ledger.Size) >= size && ledgers.Sum(ledger => ledger.Erased.Number) >= erasures) return (session, ledgers);
            await session.DisposeAsync();
        }
        catch (NpgsqlException exception) when (Outage.Is(exception))
        {
            // The primary answers.
        }
        return null;
    }

    /// <summary>Whether this node knows everything that was erased from a ledger; if not, it knows it afterwards.</summary>
    public async ValueTask<bool> KnowsErasedAsync(Ledger ledger, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await primary.OpenConnectionAsync(cancellation);
            var known = ledger.Erased;
            return (await LedgerMap.LoadErasedAsync(connection, ledger, cancellation)).Number == known.Number;
        }
        catch (NpgsqlException exception) when (Outage.Is(exception))
        {
            return false;
        }
    }

    private async ValueTask<(long Size, long Erasures)> AcknowledgedAsync(AccessScope scope, CancellationToken cancellation)
    {
        await using var command = primary.CreateCommand($"select coalesce(sum(size), 0)::bigint, coalesce(sum(erasures), 0)::bigint from ledger where {(scope.Tenant is null ? "strpos(name, '~') = 0" : "name = $1")}");
        if (scope.Tenant is { } tenant) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tenant });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetInt64(0), reader.GetInt64(1));
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
