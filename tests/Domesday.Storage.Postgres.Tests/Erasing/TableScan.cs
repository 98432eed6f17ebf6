using System.Text;
using Domesday.Storage.Postgres.Chunks;
using Npgsql;

namespace Domesday.Storage.Postgres.Tests.Erasing;

/// <summary>Looks for a text in everything that the tables of a database hold: as it is, in hexadecimal digits, and in what is compressed.</summary>
internal static class TableScan
{
    /// <returns>Names of the tables that hold it, partitions by their own.</returns>
    public static async Task<SortedSet<string>> FindAsync(string database, string text, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(database);
        var (bytes, found) = (Encoding.UTF8.GetBytes(text), new SortedSet<string>(StringComparer.Ordinal));
        foreach (var table in await NamesAsync(source, cancellation))
        {
            await using var command = source.CreateCommand($"select exists (select from {table} as t where t::text like '%{text}%' or t::text like '%{Convert.ToHexStringLower(bytes)}%')");
            if (await command.ExecuteScalarAsync(cancellation) is true) found.Add(table);
            if ((table.StartsWith("chunk_", StringComparison.Ordinal) || table.StartsWith("attachment_", StringComparison.Ordinal)) && await UnpackedAsync(source, table, bytes, cancellation)) found.Add(table);
        }
        return found;
    }

    private static async Task<List<string>> NamesAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellation)) names.Add(reader.GetString(0));
        return names;
    }

    private static async Task<bool> UnpackedAsync(NpgsqlDataSource source, string table, byte[] text, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand($"select raw_bytes, data from {table}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = false;
        while (await reader.ReadAsync(cancellation)) found |= ChunkFormat.Unpack(reader.GetFieldValue<byte[]>(1), reader.GetInt32(0), table).AsSpan().IndexOf(text) >= 0;
        return found;
    }
}
