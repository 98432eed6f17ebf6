using Npgsql;

namespace Domesday.Storage.Postgres.Ledgers;

/// <summary>The numbers under which a ledger's blocks, entries and bodies lie: its own, and those of its buckets, if it is so large that it has some.</summary>
/// <param name="Own">Of what came last, and of everything that never lies in buckets.</param>
/// <param name="Buckets">All that it ever had; none is taken away.</param>
internal sealed record LedgerNumbers(int Own, int[] Buckets)
{
    /// <summary>Whether part of it may lie in buckets.</summary>
    public bool AreSeveral => Buckets.Length > 0;

    /// <summary>The condition on the column <c>ledger</c> that goes with <see cref="Parameter"/>. One number is asked for by itself: the index then gives rows in order.</summary>
    /// <param name="placeholder">Such as <c>$1</c>.</param>
    public string Condition(string placeholder) => AreSeveral ? $"ledger = any({placeholder})" : $"ledger = {placeholder}";

    public NpgsqlParameter Parameter() => AreSeveral ? new NpgsqlParameter<int[]> { TypedValue = [Own, .. Buckets] } : new NpgsqlParameter<int> { TypedValue = Own };
}
