using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;

namespace Domesday.Storage.Postgres.Schema;

/// <summary>The partitions of a day: one table each of blocks, chunks and attachments, made ahead.</summary>
internal sealed class Partitions(NpgsqlDataSource source)
{
    private const int DaysAhead = 3;

    private readonly ConcurrentDictionary<int, bool> _known = new();

    private static IReadOnlyList<string> Parents { get; } = ["block", "chunk", "attachment"];

    /// <summary>The partition of a table for a day, such as <c>event_20260211</c>.</summary>
    public static string NameOf(string table, int day) => string.Create(CultureInfo.InvariantCulture, $"{table}_{DateOnly.FromDayNumber(day + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber):yyyyMMdd}");

    /// <summary>Makes the partitions of a day and of the days after it.</summary>
    public async ValueTask EnsureAsync(int day, CancellationToken cancellation)
    {
        if (_known.ContainsKey(day)) return;
        await MakeAsync(day, day + DaysAhead, cancellation);
    }

    /// <summary>Makes partitions that are missing, so that no writer has to wait for them at midnight.</summary>
    public ValueTask MakeAheadAsync(int today, CancellationToken cancellation) =>
        _known.ContainsKey(today + DaysAhead) ? ValueTask.CompletedTask : new(MakeAsync(today, today + DaysAhead, cancellation));

    /// <summary>Drops the partitions of days that no ledger has any more and that no running transaction can see.</summary>
    public async ValueTask DropRetiredAsync(CancellationToken cancellation)
    {
        foreach (var day in await RetiredAsync(cancellation))
        {
            await using var connection = await source.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await RunAsync(connection, $"select pg_advisory_xact_lock({Migrations.LockKey})", cancellation);
            // Whoever still reads the parent must not make writers queue up behind this.
            await RunAsync(connection, "set local lock_timeout = '1s'", cancellation);
            try
            {
                foreach (var table in Parents) await RunAsync(connection, $"drop table if exists {NameOf(table, day)}", cancellation);
                await RunAsync(connection, $"delete from retired_day where day = {day}", cancellation);
                await transaction.CommitAsync(cancellation);
                _known.TryRemove(day, out _);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                // Somebody looks at the tables by other means; another time.
            }
        }
    }

    private async Task MakeAsync(int from, int to, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await RunAsync(connection, $"select pg_advisory_xact_lock({Migrations.LockKey})", cancellation);
        for (var day = from; day <= to; day++)
        {
            foreach (var table in Parents) await RunAsync(connection, $"create table if not exists {NameOf(table, day)} partition of {table} for values from ({day}) to ({day + 1})", cancellation);
            // Thousands of keys in a row: counting how often each occurs would take longer than every question that is asked with them.
            await RunAsync(connection, $"alter table {NameOf("block", day)} alter column keys set statistics 0", cancellation);
        }
        await transaction.CommitAsync(cancellation);
        for (var day = from; day <= to; day++) _known[day] = true;
    }

    private async Task<List<int>> RetiredAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("""
            select day from retired_day where day < (select max(day) from ledger) and not exists (select from ledger_day where ledger_day.day = retired_day.day)
            and not exists (select from pg_stat_activity where pid <> pg_backend_pid() and (datname = current_database() or datname is null) and age(backend_xmin) >= age(retired_in::xid))
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var days = new List<int>();
        while (await reader.ReadAsync(cancellation)) days.Add(reader.GetInt32(0));
        return days;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
