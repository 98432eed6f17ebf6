using Domesday.Core.Storage;

namespace Domesday.Simulation.Tests;

/// <summary>What was promised: for each tenant the receipts, by sequence. What may have happened besides: groups that were never answered.</summary>
internal sealed class Promises
{
    private readonly Dictionary<string, List<Receipt>> _kept = [];
    private readonly List<IReadOnlyList<(string Tenant, IReadOnlyList<string> Ids)>> _open = [];

    public IReadOnlyDictionary<string, List<Receipt>> Kept => _kept;

    public List<Receipt> Of(string tenant) => _kept.TryGetValue(tenant, out var receipts) ? receipts : _kept[tenant] = [];

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
