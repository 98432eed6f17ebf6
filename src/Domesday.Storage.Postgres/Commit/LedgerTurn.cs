using System.Text;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Events.Merkle;
using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Rollups;

namespace Domesday.Storage.Postgres.Commit;

/// <summary>One ledger's part of a group: gives sequences to what is new and writes its rows.</summary>
/// <param name="locked">The ledger's row, locked by this transaction.</param>
/// <param name="stored">Sequences of ids that the ledger has already.</param>
internal sealed class LedgerTurn(Ledger ledger, LockedLedger locked, IReadOnlyDictionary<Guid, long> stored, GroupRows rows)
{
    /// <summary>What an event takes beside its entry and its share of a block: its id and the indexes; measured, see docs/performance.md.</summary>
    private const int RowBytes = 150;

    private readonly LedgerIdentity _identity = ledger.Identity!;
    private readonly NewCodes _codes = new(ledger.Codes);
    private readonly Dictionary<Guid, Placed> _placed = [];
    private readonly TurnScratch _scratch = TurnScratch.Own;
    private readonly EntryRuns _entries = new();
    private readonly List<MerkleHash> _leaves = [];
    private readonly List<(AppendTicket Ticket, Receipt[] Receipts, List<int> Duplicates)> _answers = [];

    public Ledger Ledger => ledger;

    public LockedLedger Locked => locked;

    public NewCodes Codes => _codes;

    /// <summary>Events after this turn.</summary>
    public long Size { get; private set; } = locked.Size;

    /// <summary>Of what this turn adds, in order.</summary>
    public IReadOnlyList<MerkleHash> Leaves => _leaves;

    /// <summary>The entries that this turn adds.</summary>
    public IReadOnlyList<EntryRun> Entries => _entries.Finish();

    /// <summary>Bytes that this turn adds.</summary>
    public long Bytes { get; private set; }

    public long MinTime { get; private set; } = long.MaxValue;

    public long MaxTime { get; private set; } = long.MinValue;

    /// <summary>Where the ledger stands once the group is committed.</summary>
    public LockedLedger After => new(Size, Rolled, HasGrown ? _codes.Last : locked.Codes, locked.Day, locked.Forgotten);

    /// <summary>Counts of what this turn adds.</summary>
    public RollupHours Hours { get; } = new();

    /// <summary>Events below are in the roll-ups once the group is committed.</summary>
    public long Rolled { get; set; } = locked.Rolled;

    /// <summary>Day of the partition that it writes to: never before an earlier one, so that sequences follow days.</summary>
    public int Day => locked.Day;

    public bool HasGrown => Size > locked.Size;

    /// <summary>Receipts of duplicates still lack their leaf hashes.</summary>
    public IReadOnlyList<(AppendTicket Ticket, Receipt[] Receipts, List<int> Duplicates)> Answers => _answers;

    public void Write(IReadOnlyList<AppendTicket> tickets)
    {
        _scratch.Block.Clear();
        _scratch.Chunks.Begin(Encoding.UTF8.GetBytes(ledger.Name), chunk =>
        {
            rows.Chunk(_identity.Id, Day, chunk);
            Bytes += chunk.Data.Length;
        });
        foreach (var ticket in tickets) Write(ticket);
        _scratch.Chunks.Finish();
        FinishBlock();
        rows.Dictionary(_identity.Id, _codes);
    }

    private void Write(AppendTicket ticket)
    {
        var batch = ticket.Batch;
        var buffer = batch.Buffer.Span;
        var receipts = new Receipt[batch.Entries.Count];
        var sequences = new long[batch.Entries.Count];
        var duplicates = new List<int>();
        for (var i = 0; i < receipts.Length; i++)
        {
            var pending = batch.Entries[i];
            var id = pending.Id(buffer);
            var key = ValueHash.OfId(_identity.Salt, id);
            var text = Encoding.UTF8.GetString(CanonicalText.Unescape(id));
            if (_placed.TryGetValue(key, out var placed)) receipts[i] = new(text, placed.Sequence, placed.Leaf, true);
            else if (stored.TryGetValue(key, out var sequence))
            {
                receipts[i] = new(text, sequence, default, true);
                duplicates.Add(i);
            }
            else
            {
                placed = Place(pending, buffer, key);
                receipts[i] = new(text, placed.Sequence, placed.Leaf, false);
            }
            sequences[i] = receipts[i].Duplicate ? -1 : receipts[i].Sequence;
        }
        foreach (var attachment in batch.Attachments.Where(attachment => sequences[attachment.Entry] >= 0)) Bytes += rows.Attachment(_identity.Id, Day, sequences[attachment.Entry], attachment);
        _answers.Add((ticket, receipts, duplicates));
    }

    private Placed Place(PendingEntry pending, ReadOnlySpan<byte> buffer, Guid key)
    {
        var sequence = Size++;
        var (entry, row) = (_scratch.Entry, _scratch.Row);
        entry.Clear();
        entry.Advance(pending.Write(buffer, sequence, entry.Reserve(pending.LengthWith(sequence))));
        var placed = new Placed(sequence, MerkleHash.OfLeaf(entry.Written));
        _placed.Add(key, placed);
        _leaves.Add(placed.Leaf);
        row.Read(sequence, entry.Written, _identity.Salt, _codes);
        (MinTime, MaxTime) = (Math.Min(MinTime, row.Time), Math.Max(MaxTime, row.Time));
        rows.Id(_identity.Id, key, sequence);
        _scratch.Block.Add(row);
        if (_scratch.Block.Count == BlockBuilder.EventsMax) FinishBlock();
        _scratch.Chunks.Add(row, entry.Written);
        _entries.Add(sequence, entry.Written);
        Hours.Add(row.Time, row.Codes, row.IsFailure);
        Bytes += RowBytes;
        return placed;
    }

    private void FinishBlock()
    {
        if (_scratch.Block.Count == 0) return;
        var block = _scratch.Block.Build(null);
        rows.Block(_identity.Id, Day, block);
        Bytes += block.Bytes;
    }

    private readonly record struct Placed(long Sequence, MerkleHash Leaf);
}

/// <summary>A ledger's row as it stands while this transaction holds it.</summary>
/// <param name="Forgotten">How often its dictionary has forgotten values: one that is used again gets another code.</param>
internal sealed record LockedLedger(long Size, long Rolled, int Codes, int Day, int Forgotten);
