using Domesday.Storage.Postgres.Rollups;
using Npgsql;

namespace Domesday.Storage.Postgres.Upkeep;

/// <summary>Makes one roll-up of several of the same hour, and one of the hours of a day that is over, so that wide questions read few of them.</summary>
internal static class RollupFold
{
    /// <param name="today">Hours of this day and later ones stay by themselves.</param>
    /// <returns>False when another node is at it.</returns>
    public static async ValueTask<bool> RunAsync(NpgsqlDataSource source, int ledger, int today, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var held = new NpgsqlCommand($"select pg_try_advisory_xact_lock({LockClass}, {ledger})", connection))
        {
            if (await held.ExecuteScalarAsync(cancellation) is not true) return false;
        }
        await FoldAsync(connection, ledger, today, cancellation);
        await JoinAsync(connection, ledger, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>Of advisory locks of this work: «fold» in ASCII.</summary>
    private const int LockClass = 0x666f6c64;

    /// <summary>Adds hours to their days.</summary>
    private static async ValueTask FoldAsync(NpgsqlConnection connection, int ledger, int today, CancellationToken cancellation)
    {
        var sql = $"update rollup set folded = true where ledger = {ledger} and level = 0 and not folded and at < {today * RollupHours.HoursPerDay} returning at, events, failures, data";
        var days = new Dictionary<int, RollupCounts>();
        await ReadAsync(connection, sql, reader => Sum(days, RollupHours.DayOf(reader.GetInt32(0)), reader, 1), cancellation);
        foreach (var (day, counts) in days) await InsertAsync(connection, ledger, 1, day, folded: false, counts, cancellation);
    }

    /// <summary>Makes one row of several.</summary>
    private static async ValueTask JoinAsync(NpgsqlConnection connection, int ledger, CancellationToken cancellation)
    {
        var sql = $"""
            delete from rollup where ledger = {ledger} and (level, at, folded) in (select level, at, folded from rollup where ledger = {ledger} group by level, at, folded having count(*) > 1)
            returning level, at, folded, events, failures, data
            """;
        var sums = new Dictionary<(int Level, int At, bool Folded), RollupCounts>();
        await ReadAsync(connection, sql, reader => Sum(sums, (reader.GetInt16(0), reader.GetInt32(1), reader.GetBoolean(2)), reader, 3), cancellation);
        foreach (var (key, counts) in sums) await InsertAsync(connection, ledger, key.Level, key.At, key.Folded, counts, cancellation);
    }

    private static void Sum<T>(Dictionary<T, RollupCounts> sums, T key, NpgsqlDataReader reader, int column)
        where T : notnull
    {
        if (!sums.TryGetValue(key, out var counts)) sums.Add(key, counts = new());
        (counts.Events, counts.Failures) = (counts.Events + reader.GetInt64(column), counts.Failures + reader.GetInt64(column + 1));
        counts.AddPacked(reader.GetFieldValue<byte[]>(column + 2));
    }

    private static async ValueTask ReadAsync(NpgsqlConnection connection, string sql, Action<NpgsqlDataReader> row, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) row(reader);
    }

    private static async ValueTask InsertAsync(NpgsqlConnection connection, int ledger, int level, int at, bool folded, RollupCounts counts, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"insert into rollup (ledger, level, at, folded, events, failures, data) values ({ledger}, {level}, {at}, {folded}, {counts.Events}, {counts.Failures}, $1)", connection);
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = counts.Pack() });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
