using Domesday.Core.Problems;
using Domesday.Events.Merkle;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Log;
using Domesday.Storage.Embedded.Memory;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Commit;

/// <summary>Makes batches durable, a group at a time: one write, one sync, then everybody's receipt. For one thread.</summary>
/// <remarks>While the disk syncs, the entries go into the memory tables, where readers do not see them yet; they do once the group is durable.</remarks>
internal sealed class Committer(LogWriter log, SipHash hash, Func<long> nextFile, StoredEvents stored, SyncThread? syncThread, TimeProvider time) : IDisposable
{
    /// <summary>What goes into the tables of a smaller group is done in less time than two threads take to hand over to each other.</summary>
    private const int OverlapBytesMin = 64 * 1024;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly LogGroup _group = new();
    private Generation _active = new();

    /// <summary>What is in the newest log files.</summary>
    public Generation Active => _active;

    /// <summary>How long the last sync took.</summary>
    public TimeSpan LastSync { get; private set; }

    /// <summary>Why the last group could not be written; null when it could.</summary>
    public string? Trouble { get; private set; }

    /// <summary>The newest log file, and up to where it counts.</summary>
    public (long File, long Length) LogEnd => log.End;

    /// <summary>Takes over what recovery read from the log.</summary>
    public void Resume(Generation generation) => _active = generation;

    /// <summary>Begins a new generation, in a new log file.</summary>
    /// <returns>The one that ended.</returns>
    public Generation Roll()
    {
        var ended = _active;
        log.Close();
        (_active, MustRoll) = (new(), false);
        return ended;
    }

    /// <summary>Writes a group that holds nothing, so that the one before it can be told from a torn tail.</summary>
    public void Mark()
    {
        if (!log.IsOpen) return;
        _group.Begin();
        TryWrite(() => { });
    }

    /// <summary>Stores the batches and completes their tickets.</summary>
    /// <returns>Events stored for the first time.</returns>
    public int Commit(IReadOnlyList<AppendTicket> tickets)
    {
        _group.Begin();
        var plan = new CommitPlan(_group, stored.Find, stored.Leaf);
        foreach (var ticket in tickets)
        {
            if (ticket.Ledger.IsAppendRefused) ticket.Complete(new Problem(ProblemKind.Corrupt, ticket.Ledger.Damage ?? "The ledger is damaged."));
            else plan.Add(ticket);
        }
        if (plan.Entries.Count > 0 && !TryWrite(() => Apply(plan)))
        {
            foreach (var (ticket, _) in plan.Receipts) ticket.Complete(new Problem(ProblemKind.Unavailable, $"Nothing can be stored now: {Trouble}", RetryAfter: RetryAfter));
            return 0;
        }
        Publish(plan);
        foreach (var (ticket, receipts) in plan.Receipts) ticket.Complete(receipts);
        return plan.Entries.Count;
    }

    public void Dispose() => log.Dispose();

    /// <param name="meanwhile">What needs no disk.</param>
    private bool TryWrite(Action meanwhile)
    {
        try
        {
            if (!log.IsOpen) log.Open(nextFile());
            var bytes = _group.End(log.Group + 1);
            log.Append(bytes);
            var length = bytes.Length;
            var started = time.GetTimestamp();
            if (syncThread is { } thread && length >= OverlapBytesMin)
            {
                thread.Begin(() => log.Sync(length));
                meanwhile();
                if (thread.End() is { } failure) throw failure;
            }
            else
            {
                meanwhile();
                log.Sync(length);
            }
            LastSync = time.GetElapsedTime(started);
            _active.LastLogFile = log.File;
            Trouble = null;
            return true;
        }
        catch (IOException exception)
        {
            Trouble = exception.Message;
            // Rows that went into tables and were not published stay there for ever, so these tables must not grow any more.
            MustRoll = !log.IsOpen;
            return false;
        }
    }

    /// <summary>Whether the log file was given up: the generation must end before more can be stored.</summary>
    public bool MustRoll { get; private set; }

    private void Apply(CommitPlan plan)
    {
        foreach (var entry in plan.Entries)
        {
            var table = TableOf(entry.Ticket.Ledger, entry.Sequence);
            table.Add(_group.Slice(entry.Start, entry.Length), entry.Leaf, entry.Ticket.IdHashes[entry.Index]);
        }
        foreach (var (ledger, sequence, attachment) in plan.Attachments)
        {
            TableOf(ledger, sequence).Attach(new Attachment(sequence, attachment.Sha256, attachment.Bytes.ToArray()));
        }
        _active.Count(plan.Entries.Count, _group.Length);
    }

    private MemTable TableOf(Ledger ledger, long sequence)
    {
        if (_active.TableOf(ledger) is { } table) return table;
        table = new(hash, sequence);
        _active.Add(ledger, table);
        return table;
    }

    private void Publish(CommitPlan plan)
    {
        foreach (var (ledger, next) in plan.Next)
        {
            if (next == ledger.NextSequence) continue;
            ledger.NextSequence = next;
            var table = _active.TableOf(ledger)!;
            table.Publish();
            if (ledger.View.Tables is not [.., var last] || last != table) ledger.Change(view => new(view.Segments, [.. view.Tables, table]));
            ledger.SignalGrown();
        }
    }
}

/// <summary>Looks up events that are stored already.</summary>
/// <param name="Find">The sequence of the event with the id of a ticket's entry, wherever it is.</param>
/// <param name="Leaf">The leaf hash of a stored event.</param>
internal sealed record StoredEvents(Func<AppendTicket, int, long?> Find, Func<Ledger, long, MerkleHash> Leaf);
