using Domesday.Core.Nodes;
using Domesday.Core.Sealing;
using Npgsql;

namespace Domesday.Storage.Postgres.Nodes;

/// <summary>The last signed checkpoints in the table <c>checkpoint</c>; only the node whose work sealing is may change it, and a size never falls.</summary>
internal sealed class SharedCheckpoints(NpgsqlDataSource source, Guid node) : ICheckpointShare
{
    public async ValueTask<IReadOnlyDictionary<string, string>> ReadAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("select ledger, note from checkpoint");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var notes = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation)) notes[reader.GetString(0)] = reader.GetString(1);
        return notes;
    }

    public async ValueTask<bool> RecordAsync(IReadOnlyCollection<SignedSize> signed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(signed);
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Shared lock: whoever takes the lease over has to wait until this is committed, and then sees it.
        await using (var held = new NpgsqlCommand("select true from lease where name = $1 and holder = $2 and expires > clock_timestamp() for share", connection))
        {
            held.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Work.Sealing });
            held.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = node });
            if (await held.ExecuteScalarAsync(cancellation) is not true) return false;
        }
        await using var command = new NpgsqlCommand("""
            insert into checkpoint as c (ledger, size, note) select * from unnest($1, $2, $3)
            on conflict (ledger) do update set size = excluded.size, note = excluded.note where c.size < excluded.size
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. signed.Select(one => one.Tenant)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. signed.Select(one => one.Size)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. signed.Select(one => one.Note)] });
        await command.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }
}
