using Domesday.Events.Json;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Memory;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Ledgers;

/// <summary>What a reader sees of one ledger, from beginning to end of its answer.</summary>
internal sealed class LedgerSnapshot : IDisposable
{
    private readonly LedgerView _view;
    private readonly int _lastTableRows;
    private int _disposed;

    public LedgerSnapshot(Ledger ledger, LedgerView view)
    {
        (Ledger, _view) = (ledger, view);
        // Behind the view: whoever sees segments without an event's body also knows that it was erased.
        Erased = ledger.Erased;
        _lastTableRows = view.Tables.Count > 0 ? view.Tables[^1].Count : 0;
        FirstSequence = view.Segments.Count > 0 ? view.Segments[0].Info.FirstSequence : view.Tables.Count > 0 ? view.Tables[0].FirstSequence : ledger.Durable;
        Size = view.Tables.Count > 0 ? view.Tables[^1].FirstSequence + _lastTableRows : view.Segments.Count > 0 ? view.Segments[^1].Info.EndSequence : ledger.Durable;
    }

    public Ledger Ledger { get; }

    /// <summary>Events that nobody reads any more, whether their bytes are still there or not.</summary>
    public ErasedEvents Erased { get; }

    /// <summary>The first sequence that is kept.</summary>
    public long FirstSequence { get; }

    /// <summary>One beyond the last sequence.</summary>
    public long Size { get; }

    public IReadOnlyList<SegmentReader> Segments => _view.Segments;

    /// <summary>The tables, each with the rows that belong to the snapshot.</summary>
    public IEnumerable<(MemTable Table, int Rows)> Tables =>
        _view.Tables.Select((table, i) => (table, i == _view.Tables.Count - 1 ? _lastTableRows : table.Count)).Where(table => table.Item2 > 0);

    /// <summary>Appends an entry.</summary>
    /// <returns>False when the snapshot does not hold it, or it was erased.</returns>
    public bool TryAppendEntry(long sequence, ByteBuffer output)
    {
        if (Erased.Contains(sequence)) return false;
        foreach (var (table, rows) in Tables)
        {
            if (sequence < table.FirstSequence || sequence >= table.FirstSequence + rows) continue;
            output.Append(table.Entry((int)(sequence - table.FirstSequence)).Span);
            return true;
        }
        if (SegmentOf(sequence) is not { } segment) return false;
        new EntryCursor(segment).Append((int)(sequence - segment.Info.FirstSequence), output);
        return true;
    }

    /// <summary>A body that is kept beside an entry; null when there is none.</summary>
    public ReadOnlyMemory<byte>? Attachment(long sequence, string sha256)
    {
        if (Erased.Contains(sequence)) return null;
        foreach (var (table, _) in Tables)
        {
            if (table.Attachments.FirstOrDefault(attachment => attachment.Sequence == sequence && attachment.Sha256 == sha256) is { } found) return found.Bytes;
        }
        return SegmentOf(sequence)?.Attachments?.Find(sequence, sha256) is { } bytes ? (ReadOnlyMemory<byte>?)bytes : null;
    }

    /// <summary>Whether the event at a sequence has this id.</summary>
    /// <param name="id">Canonical content.</param>
    public bool HasId(long sequence, ReadOnlySpan<byte> id)
    {
        foreach (var (table, rows) in Tables)
        {
            // A run of ids is there before its table is given up.
            if (sequence >= table.FirstSequence && sequence < table.FirstSequence + rows) return table.HasId((int)(sequence - table.FirstSequence), id);
        }
        if (SegmentOf(sequence) is not { } segment) return false;
        if (Erased.Find(sequence) is { } erased) return erased.IdDigest == ErasedEvent.DigestOf(id);
        return new EntryCursor(segment).Value(segment.Layout.ColumnOf(EventField.Id), (int)(sequence - segment.Info.FirstSequence)).SequenceEqual(id);
    }

    /// <summary>Leaf hashes of consecutive entries below the size; also of such as were dropped or erased.</summary>
    public void ReadLeaves(long first, Span<MerkleHash> leaves)
    {
        var end = first + leaves.Length;
        if (first < FirstSequence) Ledger.Dropped?.Read(first, leaves[..(int)(Math.Min(end, FirstSequence) - first)]);
        foreach (var segment in Segments)
        {
            var (from, to) = (Math.Max(first, segment.Info.FirstSequence), Math.Min(end, segment.Info.EndSequence));
            if (from >= to) continue;
            var (cursor, entry) = (new EntryCursor(segment, wholeSegment: to - from > BlockWriter.Rows), new ByteBuffer());
            var hasErased = Erased.CountIn(from, to) > 0;
            for (var sequence = from; sequence < to; sequence++)
            {
                if (hasErased && Erased.Find(sequence) is { } erased)
                {
                    leaves[(int)(sequence - first)] = erased.Leaf;
                    continue;
                }
                entry.Clear();
                entry.Append(MerkleHash.LeafPrefix);
                cursor.Append((int)(sequence - segment.Info.FirstSequence), entry);
                leaves[(int)(sequence - first)] = MerkleHash.OfPrefixedLeaf(entry.Written);
            }
        }
        foreach (var (table, rows) in Tables)
        {
            var (from, to) = (Math.Max(first, table.FirstSequence), Math.Min(end, table.FirstSequence + rows));
            for (var sequence = from; sequence < to; sequence++) leaves[(int)(sequence - first)] = table.Leaf((int)(sequence - table.FirstSequence));
        }
    }

    /// <summary>The segment that holds a sequence; null when none does.</summary>
    public SegmentReader? SegmentOf(long sequence)
    {
        var (low, high) = (0, Segments.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var info = Segments[middle].Info;
            if (sequence < info.FirstSequence) high = middle - 1;
            else if (sequence >= info.EndSequence) low = middle + 1;
            else return Segments[middle];
        }
        return null;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _view.Release();
    }
}
