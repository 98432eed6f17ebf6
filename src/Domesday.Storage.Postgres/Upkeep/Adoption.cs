using Domesday.Core.Problems;
using Domesday.Events.Merkle;
using Domesday.Storage.Postgres.Commit;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Reading;
using Npgsql;

namespace Domesday.Storage.Postgres.Upkeep;

/// <summary>Begins a ledger behind events that were dropped elsewhere.</summary>
internal sealed class Adoption(NpgsqlDataSource source, Ledger ledger)
{
    /// <summary>Makes the leaf hashes of dropped events the beginning of a ledger that holds none.</summary>
    /// <param name="first">Sequence of the first of <paramref name="leaves"/>.</param>
    public async ValueTask<Problem?> RunAsync(long first, ReadOnlyMemory<MerkleHash> leaves, CancellationToken cancellation)
    {
        var (id, end) = (ledger.Identity!.Id, first + leaves.Length);
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var fits = new NpgsqlCommand($"select size = {first} and first = {first} from ledger where id = {id} for update", connection))
        {
            if (await fits.ExecuteScalarAsync(cancellation) is not true) return new(ProblemKind.Conflict, $"The ledger {ledger.Name} has events, or another size than {first}: nothing can come before them.");
        }
        var rows = new GroupRows();
        for (var at = 0; at < leaves.Length; at += LeafReader.DroppedRun) Add(rows, id, first + at, leaves.Span.Slice(at, Math.Min(LeafReader.DroppedRun, leaves.Length - at)));
        await rows.SendAsync(connection, cancellation);
        // Roll-ups count what is kept: nothing of this.
        await using (var update = new NpgsqlCommand($"update ledger set size = {end}, first = {end}, rolled = {end} where id = {id}", connection)) await update.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        ledger.Learn(end, end, 0);
        return null;
    }

    private static void Add(GroupRows rows, int id, long first, ReadOnlySpan<MerkleHash> leaves)
    {
        var hashes = new byte[leaves.Length * MerkleHash.Size];
        for (var i = 0; i < leaves.Length; i++) leaves[i].CopyTo(hashes.AsSpan(i * MerkleHash.Size));
        rows.DroppedLeaves(id, first, hashes);
    }
}
