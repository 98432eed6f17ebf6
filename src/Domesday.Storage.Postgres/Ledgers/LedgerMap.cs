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

    /// <summary>Finds a ledger, also one that another node made a moment ago.</summary>
    /// <returns>Null when the database has no event of it.</returns>
    public async ValueTask<Ledger?> HeardOfAsync(string name, CancellationToken cancellation)
    {
        if (Find(name) is { Identity: not null } known) return known;
        await RefreshAsync(cancellation);
        return Find(name) is { Identity: not null } heard ? heard : null;
    }

    public void Dispose() => _blocks.Dispose();

    /// <summary>Hears from the database how far every ledger has grown, whichever node wrote.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        var behind = await HearAsync(cancellation);
        if (behind.Count == 0) return;
        await using var connection = await source.OpenConnectionAsync(cancellation);
        foreach (var ledger in behind) await LoadErasedAsync(connection, ledger, cancellation);
    }

    /// <returns>Those of which another node erased events.</returns>
    private async Task<List<Ledger>> HearAsync(CancellationToken cancellation)
    {
        var behind = new List<Ledger>();
        await using var command = source.CreateCommand("select name, id, salt, size, first, bytes, buckets, erasures, erased, pending from ledger where size > 0");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var ledger = GetOrAdd(reader.GetString(0));
            ledger.Identity ??= new(reader.GetInt32(1), reader.GetFieldValue<byte[]>(2));
            ledger.LearnBuckets(reader.GetFieldValue<int[]>(6));
            ledger.Learn(reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5));
            var erasures = new LedgerErasureCounts(reader.GetInt64(7), reader.GetInt64(8), reader.GetInt64(9));
            ledger.Learn(erasures);
            if (erasures.Number > ledger.Erased.Number) behind.Add(ledger);
        }
        return behind;
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
        await using var command = new NpgsqlCommand("select codes, forgotten from ledger where id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ledger.Identity!.Id });
        int codes, forgotten;
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation)) return;
            (codes, forgotten) = (reader.GetInt32(0), reader.GetInt32(1));
        }
        await LoadCodesAsync(connection, ledger, codes, forgotten, cancellation);
    }

    /// <summary>Reads the codes that this node does not know yet, and forgets those that the dictionary has forgotten.</summary>
    /// <param name="highest">Highest code that the ledger has.</param>
    /// <param name="forgotten">How often it has forgotten some.</param>
    public static async ValueTask LoadCodesAsync(NpgsqlConnection connection, Ledger ledger, int highest, int forgotten, CancellationToken cancellation)
    {
        if (ledger.Codes.Forgotten < forgotten) await ForgetAsync(connection, ledger, forgotten, cancellation);
        if (ledger.Codes.Known < highest) await LoadNewAsync(connection, ledger, cancellation);
    }

    /// <summary>What was erased as the connection's transaction sees it; and the buckets that the ledger has by then.</summary>
    public static async ValueTask<ErasedSequences> LoadErasedAsync(NpgsqlConnection connection, Ledger ledger, CancellationToken cancellation)
    {
        long number;
        await using (var command = new NpgsqlCommand("select erasures, buckets from ledger where id = $1", connection))
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ledger.Identity!.Id });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            if (!await reader.ReadAsync(cancellation)) return ErasedSequences.None;
            number = reader.GetInt64(0);
            ledger.LearnBuckets(reader.GetFieldValue<int[]>(1));
        }
        return await LoadErasedAsync(connection, ledger, number, cancellation);
    }

    /// <param name="number">Rows that the ledger has had in the table <c>erased</c>.</param>
    /// <inheritdoc cref="LoadErasedAsync(NpgsqlConnection, Ledger, CancellationToken)"/>
    public static async ValueTask<ErasedSequences> LoadErasedAsync(NpgsqlConnection connection, Ledger ledger, long number, CancellationToken cancellation)
    {
        var known = ledger.Erased;
        if (known.Number == number) return known;
        // A replica, or a transaction that began before, sees less than this node knows.
        if (known.Number > number) known = ErasedSequences.None;
        await using var command = new NpgsqlCommand("select sequences from erased where ledger = $1 and number > $2 and number <= $3", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ledger.Identity!.Id });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = known.Number });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        var more = new List<long>();
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation)) more.AddRange(reader.GetFieldValue<long[]>(0));
        }
        var erased = known.With(number, more);
        ledger.Learn(erased);
        return erased;
    }

    private static async ValueTask ForgetAsync(NpgsqlConnection connection, Ledger ledger, int forgotten, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select code from dictionary where ledger = $1 and value = ''", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ledger.Identity!.Id });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var codes = new List<int>();
        while (await reader.ReadAsync(cancellation)) codes.Add(reader.GetInt32(0));
        ledger.Codes.Forget(codes, forgotten);
    }

    private static async ValueTask LoadNewAsync(NpgsqlConnection connection, Ledger ledger, CancellationToken cancellation)
    {
        var known = ledger.Codes.Known;
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
