using Domesday.Core.Nodes;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events.Merkle;
using Domesday.Storage.Postgres.Ledgers;
using Npgsql;

namespace Domesday.Storage.Postgres.Trees;

/// <summary>Keeps tree nodes in the table <c>tree_node</c>.</summary>
/// <remarks>While another node holds the lease of sealing, nothing is changed: a node that lost it without noticing must not build into its successor's tree.</remarks>
internal sealed class PostgresTrees(NpgsqlDataSource source, LedgerMap map, Guid node) : ITreeStore
{
    public long Count(string tenant, int level)
    {
        if (map.Find(tenant)?.Identity is not { } ledger) return 0;
        using var command = source.CreateCommand("select coalesce(max(index) + 1, 0) from tree_node where ledger = $1 and level = $2");
        Add(command, ledger.Id, level);
        return (long)command.ExecuteScalar()!;
    }

    public async ValueTask<Result<MerkleHash[]>> ReadAsync(string tenant, int level, long first, int count, CancellationToken cancellation)
    {
        var nodes = new MerkleHash[count];
        if (count == 0) return nodes;
        await using var command = source.CreateCommand("select index, hash from tree_node where ledger = $1 and level = $2 and index >= $3 and index < $4");
        Add(command, IdOf(tenant), level);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first + count });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var read = 0;
        for (; await reader.ReadAsync(cancellation); read++)
        {
            var hash = reader.GetFieldValue<byte[]>(1);
            if (hash.Length != MerkleHash.Size) return Damaged(tenant, level);
            nodes[reader.GetInt64(0) - first] = new(hash);
        }
        return read == count ? nodes : Damaged(tenant, level);
    }

    public async ValueTask AppendAsync(string tenant, int level, long first, IReadOnlyList<MerkleHash> nodes, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        await using var command = source.CreateCommand("""
            insert into tree_node (ledger, level, index, hash)
            select $1, $2, $6 + n.place - 1, n.hash from unnest($3) with ordinality as n (hash, place)
            where not exists (select from lease where name = $4 and holder <> $5 and expires > clock_timestamp())
            and $6 = (select coalesce(max(index) + 1, 0) from tree_node where ledger = $1 and level = $2)
            """);
        Add(command, IdOf(tenant), level);
        command.Parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = [.. nodes.Select(node => node.ToArray())] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Work.Sealing });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = node });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first });
        // A network that was cut may bring an attempt that was given up after the one that took its place.
        if (await command.ExecuteNonQueryAsync(cancellation) != nodes.Count) throw new IOException($"Another node seals now, or the tree of {tenant} has not {first} nodes at level {level}.");
    }

    public async ValueTask TruncateAsync(string tenant, int level, long count, CancellationToken cancellation)
    {
        if (map.Find(tenant)?.Identity is not { } ledger) return;
        await using var command = source.CreateCommand("delete from tree_node where ledger = $1 and level = $2 and index >= $3 and not exists (select from lease where name = $4 and holder <> $5 and expires > clock_timestamp())");
        Add(command, ledger.Id, level);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = count });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Work.Sealing });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = node });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private int IdOf(string tenant) => map.Find(tenant)?.Identity?.Id ?? throw new ArgumentException("There is no such ledger.", nameof(tenant));

    private static void Add(NpgsqlCommand command, int ledger, int level)
    {
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ledger });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)level });
    }

    private static Problem Damaged(string tenant, int level) => new(ProblemKind.Corrupt, $"The tree of the ledger {tenant} lacks nodes at level {level}.");
}
