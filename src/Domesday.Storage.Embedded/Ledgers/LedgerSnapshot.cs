using Domesday.Storage.Embedded.Memory;

namespace Domesday.Storage.Embedded.Ledgers;

/// <summary>What a reader sees of one ledger, from beginning to end of its answer.</summary>
internal sealed class LedgerSnapshot : IDisposable
{
    private int _disposed;

    public LedgerSnapshot(Ledger ledger, LedgerView view)
    {
        (Ledger, View) = (ledger, view);
        LastTableRows = view.Tables.Count > 0 ? view.Tables[^1].Count : 0;
        FirstSequence = view.Segments.Count > 0 ? view.Segments[0].Info.FirstSequence : view.Tables.Count > 0 ? view.Tables[0].FirstSequence : ledger.Durable;
        Size = view.Tables.Count > 0 ? view.Tables[^1].FirstSequence + LastTableRows : view.Segments.Count > 0 ? view.Segments[^1].Info.EndSequence : ledger.Durable;
    }

    public Ledger Ledger { get; }

    public LedgerView View { get; }

    public long FirstSequence { get; }

    /// <summary>One beyond the last sequence.</summary>
    public long Size { get; }

    private int LastTableRows { get; }

    /// <summary>The tables, each with the rows that belong to the snapshot.</summary>
    public IEnumerable<(MemTable Table, int Rows)> Tables => View.Tables.Select((table, i) => (table, i == View.Tables.Count - 1 ? LastTableRows : table.Count));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) View.Release();
    }
}
