using System.Collections.Concurrent;
using System.Security.Cryptography;
using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Columns;
using Npgsql;

namespace Domesday.Storage.Postgres.Ledgers;

/// <summary>All ledgers by name, as far as this node has heard of them.</summary>
/// <param name="cacheBytesMax">What columns of blocks may take in memory.</param>
internal sealed class LedgerMap(NpgsqlDataSource source, long cacheBytesMax) : IDisposable
{
    private const int SaltBytes = 16;

    private readonly LeafBudget _budget = new();
    private readonly RecentEntries _recent = new();
    private readonly BlockCache _blocks = new(cacheBytesMax);
    private readonly ConcurrentDictionary<string, Ledger> _ledgers = new(StringComparer.Ordinal);

    public IEnumerable<Ledger> All => _ledgers.Values;

    public Ledger? Find(string name) => _ledgers.GetValueOrDefault(name);

    public Ledger GetOrAdd(string name) => _ledgers.GetOrAdd(name, static (name, map) => new(name, map._budget, map._recent, map._blocks), this);

    public void Dispose() => _blocks.Dispose();

    /// <summary>Hears from the database how far every ledger has grown, whichever node wrote.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("select name, id, salt, size, first, bytes, buckets from ledger where size > 0");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var ledger = GetOrAdd(reader.GetString(0));
            ledger.Identity ??= new(reader.GetInt32(1), reader.GetFieldValue<byte[]>(2));
            ledger.LearnBuckets(reader.GetFieldValue<int[]>(6));
            ledger.Learn(reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5));
        }
    }

    /// <summary>Makes sure that the database has the ledger; it is not listed before its first event.</summary>
    public async ValueTask EnsureAsync(Ledger ledger, CancellationToken cancellation)
    {
        if (ledger.Identity is not null) return;
        await using (var insert = source.CreateCommand("insert into ledger (name, salt) values ($1, $2) on conflict (name) do nothing"))
        {
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ledger.Name });
            insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = RandomNumberGenerator.GetBytes(SaltBytes) });
            await insert.ExecuteNonQueryAsync(cancellation);
        }
        await using var select = source.CreateCommand("select id, salt from ledger where name = $1");
        select.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ledger.Name });
        await using var reader = await select.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        ledger.Identity = new(reader.GetInt32(0), reader.GetFieldValue<byte[]>(1));
    }

    /// <summary>Reads the codes that this node does not know yet, for entries whose ledger's row was not read.</summary>
    public static async ValueTask LoadCodesAsync(NpgsqlConnection connection, Ledger ledger, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select codes from ledger where id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ledger.Identity!.Id });
        if (await command.ExecuteScalarAsync(cancellation) is int highest) await LoadCodesAsync(connection, ledger, highest, cancellation);
    }

    /// <summary>Reads the codes that this node does not know yet.</summary>
    /// <param name="highest">Highest code that the ledger has.</param>
    public static async ValueTask LoadCodesAsync(NpgsqlConnection connection, Ledger ledger, int highest, CancellationToken cancellation)
    {
        var known = ledger.Codes.Known;
        if (known >= highest) return;
        await using var command = new NpgsqlCommand("select field, convert_to(value, 'UTF8') from dictionary where ledger = $1 and code > $2 order by code", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ledger.Identity!.Id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = known });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var values = new List<CodedValue>();
        while (await reader.ReadAsync(cancellation))
        {
            if (!EventSchema.TryFind(reader.GetString(0), out var field)) throw new IOException($"The dictionary of the ledger {ledger.Name} names a field that this version does not know.");
            values.Add(new(field, reader.GetFieldValue<byte[]>(1)));
        }
        ledger.Codes.Add(known + 1, values);
    }
}
