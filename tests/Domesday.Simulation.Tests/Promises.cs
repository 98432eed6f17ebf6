using Domesday.Core.Storage;

namespace Domesday.Simulation.Tests;

/// <summary>What was promised: for each tenant the receipts, by sequence. What may have happened besides: groups that were never answered.</summary>
internal sealed class Promises
{
    private readonly Dictionary<string, List<Receipt>> _kept = [];
    private readonly Dictionary<string, (long First, long Below)> _dropped = [];
    private readonly Dictionary<string, HashSet<long>> _erased = [];
    private readonly List<(string Tenant, IReadOnlyList<long> Sequences)> _unsure = [];
    private readonly List<IReadOnlyList<(string Tenant, IReadOnlyList<string> Ids)>> _open = [];

    public IReadOnlyDictionary<string, List<Receipt>> Kept => _kept;

    public List<Receipt> Of(string tenant) => _kept.TryGetValue(tenant, out var receipts) ? receipts : _kept[tenant] = [];

    /// <summary>The events that must be there: what was not dropped.</summary>
    public IEnumerable<Receipt> Present(string tenant) => Of(tenant).Skip((int)FirstOf(tenant));

    /// <summary>The oldest event that is there, as far as is known.</summary>
    public long FirstOf(string tenant) => _dropped.GetValueOrDefault(tenant).First;

    /// <summary>Events below a sequence may be dropped from now on.</summary>
    public void AllowDrop(string tenant, long below) => _dropped[tenant] = (FirstOf(tenant), Math.Max(below, _dropped.GetValueOrDefault(tenant).Below));

    /// <summary>The store begins with this event: nothing that was dropped may come back, and nothing that was not allowed may be missing.</summary>
    public void BeginsWith(string tenant, long first)
    {
        var (known, below) = _dropped.GetValueOrDefault(tenant);
        Assert.InRange(first, known, Math.Max(known, below));
        _dropped[tenant] = (first, below);
    }

    /// <summary>Events that must not be read any more.</summary>
    public HashSet<long> Erased(string tenant) => _erased.TryGetValue(tenant, out var erased) ? erased : _erased[tenant] = [];

    /// <summary>Erasing was begun: until it is answered all of the events may be there, or none.</summary>
    public void MayErase(string tenant, IReadOnlyList<long> sequences) => _unsure.Add((tenant, sequences));

    /// <summary>Erasing was answered: none may be there.</summary>
    public void Erase(string tenant, IReadOnlyList<long> sequences)
    {
        Erased(tenant).UnionWith(sequences);
        _unsure.Remove((tenant, sequences));
    }

    /// <summary>Whether an erasure that was never answered is about an event.</summary>
    public bool IsUnsure(string tenant, long sequence) => _unsure.Any(one => one.Tenant == tenant && one.Sequences.Contains(sequence));

    /// <summary>After a start it is decided what became of erasures that were not answered: each is whole, or did not happen.</summary>
    public void SettleErasures(Func<string, long, bool> isErased)
    {
        foreach (var (tenant, sequences) in _unsure)
        {
            var there = sequences.Where(sequence => sequence >= FirstOf(tenant) && !Erased(tenant).Contains(sequence)).ToList();
            var erased = there.Count(sequence => isErased(tenant, sequence));
            Assert.True(erased == 0 || erased == there.Count || _unsure.Count > 1, $"{erased} of {there.Count} events that were to be erased together are");
            Erased(tenant).UnionWith(there.Where(sequence => isErased(tenant, sequence)));
        }
        _unsure.Clear();
    }

    /// <summary>A group was acknowledged: what was open before it can no longer appear.</summary>
    public void Acknowledge(string tenant, IEnumerable<Receipt> receipts)
    {
        foreach (var receipt in receipts.Where(receipt => !receipt.Duplicate))
        {
            Assert.Equal(Of(tenant).Count, receipt.Sequence);
            Of(tenant).Add(receipt);
        }
    }

    /// <summary>A group was given to the store and not acknowledged: by tenant, the ids in it that were not stored before, in order.</summary>
    public void LeaveOpen(IReadOnlyList<(string Tenant, IReadOnlyList<string> Ids)> group) => _open.Add(group);

    public void Settle() => _open.Clear();

    /// <summary>Whether what a start found beyond the promises is one group, whole.</summary>
    public bool IsOpenGroup(IReadOnlyDictionary<string, List<string>> extra) => _open.Any(group => extra.Count == group.Count(part => part.Ids.Count > 0)
        && group.All(part => part.Ids.Count == 0 ? !extra.ContainsKey(part.Tenant) : extra.TryGetValue(part.Tenant, out var ids) && ids.SequenceEqual(part.Ids)));
}
