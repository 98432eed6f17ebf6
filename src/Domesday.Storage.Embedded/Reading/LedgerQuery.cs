using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Rows;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>One query over one ledger: its parts, and which rows of each match, found out only when asked.</summary>
internal sealed class LedgerQuery
{
    private readonly CompiledFilter _filter;
    private readonly RowSet?[] _rows;

    /// <param name="readsAll">Entries will be read one after another: past the cache.</param>
    public LedgerQuery(LedgerSnapshot snapshot, AccessScope scope, EventFilter filter, Func<byte[], long?> sequenceOf, bool readsAll = false)
    {
        _filter = new(scope, filter, sequenceOf);
        LedgerNumber = snapshot.Ledger.Number;
        Parts =
        [
            .. snapshot.Segments.Select(segment => new SegmentPart(snapshot.Ledger.Name, segment, snapshot.Erased.Part(segment.Info.FirstSequence, segment.Rows), readsAll)),
            .. snapshot.Tables.Select(table => new TablePart(snapshot.Ledger.Name, table.Table, table.Rows, ErasedPart.Of(snapshot.Erased.Rows(table.Table.FirstSequence, table.Rows), table.Rows))),
        ];
        _rows = new RowSet?[Parts.Count];
    }

    public int LedgerNumber { get; }

    /// <summary>In order of their sequences.</summary>
    public IReadOnlyList<LedgerPart> Parts { get; }

    public long Count
    {
        get
        {
            var count = 0L;
            for (var part = 0; part < Parts.Count; part++) count += Rows(part).Count;
            return count;
        }
    }

    /// <summary>The rows of a part that match.</summary>
    public RowSet Rows(int part) => _rows[part] ??= Parts[part].Evaluate(_filter);
}
