using System.Collections.Concurrent;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Storage.Postgres.Ledgers;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Chooses who answers: a replica when there is one that has everything that was acknowledged before the question, erasing included, else the primary.</summary>
internal sealed class ReadRouter(NpgsqlDataSource primary, NpgsqlDataSource? replica, LedgerMap map)
{
    private readonly ConcurrentDictionary<string, LedgerSnapshot> _last = new(StringComparer.Ordinal);

    /// <param name="page">What is asked next, if that is a page; null for anything else.</param>
    /// <param name="isAgain">The first attempt failed: a replica is not asked any more.</param>
    public async ValueTask<(ReadSession Session, IReadOnlyList<LedgerSnapshot> Ledgers)> OpenAsync(AccessScope scope, EventQuery? page, bool isAgain, CancellationToken cancellation)
    {
        if (replica is not null && !isAgain && await TryReplicaAsync(scope, page, cancellation) is { } found) return found;
        return await OpenAsync(primary, scope, page, cancellation);
    }

    private async ValueTask<(ReadSession Session, IReadOnlyList<LedgerSnapshot> Ledgers)?> TryReplicaAsync(AccessScope scope, EventQuery? page, CancellationToken cancellation)
    {
        try
        {
            // Asked before the replica is: what any node acknowledged by now is counted.
            var (size, erasures) = await AcknowledgedAsync(scope, cancellation);
            var (session, ledgers) = await OpenAsync(replica!, scope, page, cancellation);
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

    private async ValueTask<(ReadSession Session, IReadOnlyList<LedgerSnapshot> Ledgers)> OpenAsync(NpgsqlDataSource source, AccessScope scope, EventQuery? page, CancellationToken cancellation)
    {
        var ahead = page is not null && scope.Tenant is { } tenant && _last.TryGetValue(tenant, out var last) ? HeadsAhead.Of(last, scope, page) : null;
        try
        {
            return await OpenAsync(source, scope, ahead, cancellation);
        }
        catch (PostgresException exception) when (ahead is not null && exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // Retention has dropped a day since, or a replica does not have it yet.
            return await OpenAsync(source, scope, ahead: null, cancellation);
        }
    }

    private async ValueTask<(ReadSession Session, IReadOnlyList<LedgerSnapshot> Ledgers)> OpenAsync(NpgsqlDataSource source, AccessScope scope, HeadsAhead? ahead, CancellationToken cancellation)
    {
        var session = await ReadSession.OpenAsync(source, cancellation);
        try
        {
            var ledgers = await session.LedgersAsync(map, scope, ahead, cancellation);
            // Without what will be asked of it.
            if (scope.Tenant is { } tenant && ledgers is [var own]) _last[tenant] = new(own.Ledger, own.Size, own.First, own.Rolled, own.Days, own.Erased);
            return (session, ledgers);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }
}
