using System.Runtime.InteropServices;
using System.Text;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Events.Merkle;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Log;

namespace Domesday.Storage.Embedded.Commit;

/// <summary>One group while it is made: which entries are new, what sequences they get, which bytes go into the log.</summary>
internal sealed class CommitPlan(LogGroup group, Func<AppendTicket, int, long?> findStored, Func<Ledger, long, MerkleHash> leafOfStored)
{
    private readonly Dictionary<Ledger, long> _next = [];
    private readonly Dictionary<(Ledger Ledger, ulong Hash), NewEntry> _ids = [];
    private readonly List<NewEntry> _entries = [];
    private readonly List<(Ledger Ledger, long Sequence, PendingAttachment Attachment)> _attachments = [];
    private readonly List<(AppendTicket Ticket, List<Receipt> Receipts)> _receipts = [];

    public IReadOnlyList<NewEntry> Entries => _entries;

    public IReadOnlyList<(Ledger Ledger, long Sequence, PendingAttachment Attachment)> Attachments => _attachments;

    public IReadOnlyList<(AppendTicket Ticket, List<Receipt> Receipts)> Receipts => _receipts;

    /// <summary>The sequence that each ledger has reached when the group is durable.</summary>
    public IReadOnlyDictionary<Ledger, long> Next => _next;

    public void Add(AppendTicket ticket)
    {
        var ledger = ticket.Ledger;
        if (!_next.TryGetValue(ledger, out var next)) next = ledger.NextSequence;
        var fates = ticket.Batch.Entries.Select((_, index) => FindEarlier(ticket, index, ref next)).ToList();
        var fresh = fates.Count(fate => fate.IsNew);
        var kept = ticket.Batch.Attachments.Where(attachment => fates[attachment.Entry].IsNew).ToList();
        var receipts = new List<Receipt>(fates.Count);
        if (fresh > 0) group.BeginPart(ledger.Name, next - fresh, fresh, kept.Count);
        for (var index = 0; index < fates.Count; index++) receipts.Add(Place(ticket, index, fates[index]));
        foreach (var attachment in kept)
        {
            group.AddAttachment(fates[attachment.Entry].Sequence, attachment);
            _attachments.Add((ledger, fates[attachment.Entry].Sequence, attachment));
        }
        if (fresh > 0) group.EndPart();
        _next[ledger] = next;
        _receipts.Add((ticket, receipts));
    }

    private Fate FindEarlier(AppendTicket ticket, int index, ref long next)
    {
        if (findStored(ticket, index) is { } stored) return new(stored, false, null);
        var id = ticket.Batch.Entries[index].Id(ticket.Batch.Buffer.Span);
        ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, (ticket.Ledger, ticket.IdHashes[index]), out _);
        for (var earlier = last; earlier is not null; earlier = earlier.SameHash)
        {
            if (id.SequenceEqual(earlier.Ticket.Batch.Entries[earlier.Index].Id(earlier.Ticket.Batch.Buffer.Span))) return new(earlier.Sequence, false, earlier);
        }
        last = new NewEntry(ticket, index, next, last);
        return new(next++, true, last);
    }

    private Receipt Place(AppendTicket ticket, int index, Fate fate)
    {
        var pending = ticket.Batch.Entries[index];
        var id = Encoding.UTF8.GetString(CanonicalText.Unescape(pending.Id(ticket.Batch.Buffer.Span)));
        if (!fate.IsNew) return new(id, fate.Sequence, fate.InGroup?.Leaf ?? leafOfStored(ticket.Ledger, fate.Sequence), true);
        var entry = fate.InGroup!;
        (entry.Start, entry.Length) = group.Add(pending, ticket.Batch.Buffer.Span, fate.Sequence);
        entry.Leaf = MerkleHash.OfPrefixedLeaf(group.Slice(entry.Start, entry.Length));
        _entries.Add(entry);
        return new(id, fate.Sequence, entry.Leaf, false);
    }

    private readonly record struct Fate(long Sequence, bool IsNew, NewEntry? InGroup);
}

/// <summary>An entry that is stored for the first time.</summary>
/// <param name="sameHash">The one before it in the group whose id has the same hash.</param>
internal sealed class NewEntry(AppendTicket ticket, int index, long sequence, NewEntry? sameHash)
{
    public AppendTicket Ticket => ticket;

    public int Index => index;

    public long Sequence => sequence;

    public NewEntry? SameHash => sameHash;

    /// <summary>Where it stands in the group, behind its 0x00.</summary>
    public int Start { get; set; }

    public int Length { get; set; }

    public MerkleHash Leaf { get; set; }
}
