using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Reading;
using Npgsql;

namespace Domesday.Storage.Postgres.Upkeep;

/// <summary>Takes values out of a ledger's dictionary that no event uses any more. Their codes are not given out again.</summary>
/// <remarks>The caller's transaction holds the lock of those who join blocks, so that none changes its place meanwhile.</remarks>
internal sealed class Forgetting(NpgsqlConnection connection, Ledger ledger, ErasedSequences erased)
{
    private const int BlocksMax = 16;

    private readonly int _id = ledger.Identity!.Id;

    /// <param name="codes">That erased events used.</param>
    /// <returns>Those that are forgotten now, and how often the dictionary has forgotten some.</returns>
    public async ValueTask<(IReadOnlyCollection<int> Codes, int Forgotten)> RunAsync(IEnumerable<int> codes, CancellationToken cancellation)
    {
        var unused = codes.Where(code => ledger.Codes.ValueOf(code).Value.Length > 0).ToHashSet();
        var days = await LeafReader.DaysAsync(connection, _id, cancellation);
        foreach (var day in Enumerable.Reverse(days)) await KeepUnusedAsync(day.Day, unused, 0, cancellation);
        if (unused.Count == 0) return ([], ledger.Codes.Forgotten);
        // What is stored from here on waits; what was stored meanwhile may use one of them again.
        await using (var held = new NpgsqlCommand($"select size from ledger where id = {_id} for update", connection) { CommandTimeout = 0 }) await held.ExecuteScalarAsync(cancellation);
        var seen = days.Count == 0 ? 0 : days[^1].Size;
        foreach (var day in (await LeafReader.DaysAsync(connection, _id, cancellation)).Where(day => day.Size > seen)) await KeepUnusedAsync(day.Day, unused, seen, cancellation);
        if (unused.Count == 0) return ([], ledger.Codes.Forgotten);
        await using (var forget = new NpgsqlCommand("update dictionary set value = '' where ledger = $1 and code = any($2)", connection))
        {
            forget.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _id });
            forget.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. unused] });
            await forget.ExecuteNonQueryAsync(cancellation);
        }
        await using var count = new NpgsqlCommand($"update ledger set forgotten = forgotten + 1 where id = {_id} returning forgotten", connection);
        return (unused, (int)(await count.ExecuteScalarAsync(cancellation))!);
    }

    /// <summary>Takes out of some codes those that events of a day use.</summary>
    /// <param name="from">Events below were looked at.</param>
    private async ValueTask KeepUnusedAsync(int day, HashSet<int> unused, long from, CancellationToken cancellation)
    {
        for (var before = long.MaxValue; unused.Count > 0;)
        {
            // Asked anew each time: what occurs everywhere is found at once, and the rest in few blocks.
            var keys = unused.Select(code => BlockKeys.OfCode(_id, PlaceOf(code), code)).ToArray();
            var heads = await BlockReader.KeyedAsync(connection, ledger.Numbers, day, keys, from, before, BlocksMax, cancellation);
            if (heads.Count == 0) return;
            var columns = unused.Select(code => ledger.Codes.ValueOf(code).Field).Distinct().Aggregate(BlockColumns.None, (columns, field) => columns | BlockColumns.Of(field));
            foreach (var block in (await BlockReader.FetchAsync(connection, ledger, heads, columns, cancellation)).Values) RemoveUsed(block, unused);
            before = heads.Min(head => head.First);
        }
    }

    private void RemoveUsed(EventBlock block, HashSet<int> unused)
    {
        foreach (var place in unused.Select(PlaceOf).Distinct().ToList())
        {
            if (block.Codes(place) is not { } codes) continue;
            for (var index = 0; index < block.Count; index++)
            {
                if (codes[index] is not 0 and var code && unused.Contains(code) && !erased.Contains(block.First + index)) unused.Remove(code);
            }
        }
    }

    private int PlaceOf(int code) => EventColumns.CodedPlace(ledger.Codes.ValueOf(code).Field);
}
