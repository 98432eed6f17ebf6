using Domesday.Core.Nodes;
using Npgsql;

namespace Domesday.Storage.Postgres.Nodes;

/// <summary>Files in the table <c>shared_file</c>.</summary>
internal sealed class SharedFiles(NpgsqlDataSource source) : ISharedFiles
{
    public async ValueTask<IReadOnlyDictionary<string, byte[]>> ReadAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("select name, data from shared_file");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation)) files[reader.GetString(0)] = reader.GetFieldValue<byte[]>(1);
        return files;
    }

    public async ValueTask AddAsync(string name, byte[] content, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("insert into shared_file (name, data) values ($1, $2) on conflict (name) do nothing");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = content });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public async ValueTask RemoveAsync(string name, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("delete from shared_file where name = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
