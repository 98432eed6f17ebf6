using System.Data;
using Domesday.Core.Access;
using Domesday.Storage.Postgres.Ledgers;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>A connection whose queries all see the same moment; to be disposed.</summary>
internal sealed class ReadSession : IAsyncDisposable
{
    private const string LedgerColumns = "select id, name, salt, size, first, rolled, codes, buckets, erasures, forgotten from ledger where size > 0";
    private const string DayColumns = "select ledger, day, first, size, min_time, max_time, bytes from ledger_day";

    private readonly NpgsqlTransaction _transaction;

    private ReadSession(NpgsqlConnection connection, NpgsqlTransaction transaction) => (Connection, _transaction) = (connection, transaction);

    public NpgsqlConnection Connection { get; }

    public static async ValueTask<ReadSession> OpenAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        var connection = await source.OpenConnectionAsync(cancellation);
        try
        {
            return new(connection, await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The ledgers that a scope reaches into: one, or all that are tenants' own.</summary>
    /// <param name="ahead">Of the one ledger that there is; null for none.</param>
    public async ValueTask<IReadOnlyList<LedgerSnapshot>> LedgersAsync(LedgerMap map, AccessScope scope, HeadsAhead? ahead, CancellationToken cancellation)
    {
        var (byName, ofName) = scope.Tenant is null ? ("", "") : (" and name = $1", " where ledger = (select id from ledger where name = $1)");
        await using var batch = new NpgsqlBatch(Connection);
        batch.BatchCommands.Add(new(LedgerColumns + byName));
        batch.BatchCommands.Add(new(DayColumns + ofName + " order by ledger, day"));
        foreach (NpgsqlBatchCommand command in batch.BatchCommands)
        {
            if (scope.Tenant is { } tenant) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tenant });
        }
        ahead?.AddTo(batch);
        var (heads, days) = await ReadAsync(batch, map, ahead, cancellation);
        var snapshots = new List<LedgerSnapshot>();
        foreach (var head in heads.Where(head => scope.Tenant is not null || !TenantName.IsInternal(head.Ledger.Name)))
        {
            await LedgerMap.LoadCodesAsync(Connection, head.Ledger, head.Codes, head.Forgotten, cancellation);
            var erased = await LedgerMap.LoadErasedAsync(Connection, head.Ledger, head.Erasures, cancellation);
            snapshots.Add(new(head.Ledger, head.Size, head.First, head.Rolled, [.. days[head.Ledger.Identity!.Id]], erased));
            ahead?.GiveTo(snapshots[^1], head.Codes, head.Forgotten);
        }
        return snapshots;
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    private static async ValueTask<(List<Head> Heads, ILookup<int, LedgerDay> Days)> ReadAsync(NpgsqlBatch batch, LedgerMap map, HeadsAhead? ahead, CancellationToken cancellation)
    {
        var (heads, days) = (new List<Head>(), new List<(int Ledger, LedgerDay Day)>());
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var ledger = map.GetOrAdd(reader.GetString(1));
            ledger.Identity ??= new(reader.GetInt32(0), reader.GetFieldValue<byte[]>(2));
            ledger.LearnBuckets(reader.GetFieldValue<int[]>(7));
            heads.Add(new(ledger, reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt32(6), reader.GetInt64(8), reader.GetInt32(9)));
        }
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            days.Add((reader.GetInt32(0), new(reader.GetInt32(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6))));
        }
        await reader.NextResultAsync(cancellation);
        if (ahead is not null) await ahead.ReadAsync(reader, cancellation);
        return (heads, days.ToLookup(day => day.Ledger, day => day.Day));
    }

    private sealed record Head(Ledger Ledger, long Size, long First, long Rolled, int Codes, long Erasures, int Forgotten);
}
