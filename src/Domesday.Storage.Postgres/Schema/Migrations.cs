using System.Globalization;
using System.Reflection;
using Npgsql;

namespace Domesday.Storage.Postgres.Schema;

/// <summary>Brings the database's schema up to what this version needs: forward only, in order, each step once, however many nodes start at the same time.</summary>
internal static class Migrations
{
    /// <summary>Of the advisory lock under which schema and partitions change: «domesday» in ASCII.</summary>
    public const long LockKey = 0x646f6d6573646179;

    private const string Prefix = "schema/";

    /// <summary>All steps, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } = [.. typeof(Migrations).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Load)];

    /// <exception cref="IOException">The database was made by a newer version.</exception>
    /// <param name="arrange">Does what follows from the schema, under the same lock.</param>
    public static async Task RunAsync(NpgsqlDataSource source, Func<NpgsqlConnection, CancellationToken, ValueTask> arrange, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Held until the end of the transaction: whoever comes second finds everything done.
        await RunAsync(connection, $"select pg_advisory_xact_lock({LockKey})", cancellation);
        await RunAsync(connection, "create table if not exists schema_migration (number int primary key, name text not null, applied timestamptz not null default now())", cancellation);
        var reached = await ReachedAsync(connection, cancellation);
        if (reached > All[^1].Number) throw new IOException($"The database has schema {reached}; this version knows {All[^1].Number} and does not go back. Start the version that made it, or a newer one.");
        foreach (var migration in All.Where(migration => migration.Number > reached))
        {
            await RunAsync(connection, migration.Sql, cancellation);
            await RunAsync(connection, $"insert into schema_migration (number, name) values ({migration.Number}, '{migration.Name}')", cancellation);
        }
        await arrange(connection, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task<int> ReachedAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select coalesce(max(number), 0) from schema_migration", connection);
        return (int)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static Migration Load(string resource)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!);
        var name = resource[Prefix.Length..];
        return new(int.Parse(name[..3], CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}

/// <summary>One step of the schema.</summary>
internal sealed record Migration(int Number, string Name, string Sql);
