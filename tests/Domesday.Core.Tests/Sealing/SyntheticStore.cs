using System.Collections.Concurrent;
using System.Text;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Merkle;
using Domesday.TestKit;

namespace Domesday.Core.Tests.Sealing;

/// <summary>Ledgers without events: only sizes, leaf hashes that follow from their place, and a tree store whose calls can be counted and made to fail.</summary>
internal sealed class SyntheticStore : IEventStore, ITreeStore
{
    private static readonly ConcurrentDictionary<(string Tenant, long Size), WholeTree> Wholes = new();

    private readonly ITreeStore _trees = new MemoryStore(TimeProvider.System).Trees;
    private readonly Dictionary<string, long> _sizes = [];

    /// <summary>Calls that read leaves or touch the tree, since it was last set.</summary>
    public int Calls { get; set; }

    /// <summary>The call that fails, counted from 1; the ones before it succeed.</summary>
    public int FailingCall { get; set; }

    /// <summary>Leaves that are not what they were.</summary>
    public HashSet<long> Rewritten { get; } = [];

    /// <summary>What reading leaves answers instead; null: the leaves.</summary>
    public Func<string, Problem?> LeafProblem { get; set; } = _ => null;

    /// <summary>What reading nodes answers instead; null: the nodes.</summary>
    public Func<int, Problem?> NodeProblem { get; set; } = _ => null;

    /// <summary>A node that was changed on the disk.</summary>
    public (int Level, long Index)? ForgedNode { get; set; }

    public ITreeStore Trees => this;

    public IReadOnlyList<string> Tenants => [.. _sizes.Keys];

    public void SetSize(string tenant, long size) => _sizes[tenant] = size;

    public long Size(string tenant) => _sizes.GetValueOrDefault(tenant);

    /// <summary>The root that the ledger has at a size, as it was before anything was rewritten.</summary>
    public static MerkleHash Root(string tenant, long size) => Whole(tenant, size).Root;

    /// <summary>The nodes of a level that a ledger of this size has.</summary>
    public static MerkleHash[] Nodes(string tenant, int level, long size) => Whole(tenant, size).Nodes.GetValueOrDefault(level, []);

    public ValueTask<Result<MerkleHash[]>> LeafHashesAsync(string tenant, long first, int count, CancellationToken cancellation)
    {
        Call();
        Assert.InRange(first + count, 1, Size(tenant));
        return ValueTask.FromResult<Result<MerkleHash[]>>(LeafProblem(tenant) is { } problem ? problem
            : Enumerable.Range(0, count).Select(place => Leaf(tenant, first + place)).ToArray());
    }

    public ValueTask<Result<IReadOnlyList<Receipt>>> AppendAsync(string tenant, PendingBatch batch, CancellationToken cancellation) => throw new NotSupportedException();

    public LedgerUsage Usage(string tenant) => throw new NotSupportedException();

    public DroppedEvents Due(string tenant, Timestamp before, long sealedSize) => throw new NotSupportedException();

    public ValueTask<Result<DroppedEvents>> DropAsync(string tenant, Timestamp before, long sealedSize, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<Result<long>> EraseAsync(string tenant, IReadOnlyList<long> sequences, CancellationToken cancellation) => throw new NotSupportedException();

    public LedgerErasures Erasures(string tenant) => default;

    public Task WaitBeyondAsync(string tenant, long size, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    long ITreeStore.Count(string tenant, int level) => _trees.Count(tenant, level);

    async ValueTask<Result<MerkleHash[]>> ITreeStore.ReadAsync(string tenant, int level, long first, int count, CancellationToken cancellation)
    {
        Call();
        if (NodeProblem(level) is { } problem) return problem;
        var nodes = await _trees.ReadAsync(tenant, level, first, count, cancellation);
        if (ForgedNode is { } forged && forged.Level == level && forged.Index >= first && forged.Index < first + count) nodes.Value[forged.Index - first] = Leaf("forged", 0);
        return nodes;
    }

    ValueTask ITreeStore.AppendAsync(string tenant, int level, long first, IReadOnlyList<MerkleHash> nodes, CancellationToken cancellation)
    {
        Call();
        return _trees.AppendAsync(tenant, level, first, nodes, cancellation);
    }

    async ValueTask ITreeStore.TruncateAsync(string tenant, int level, long count, CancellationToken cancellation)
    {
        Call();
        await _trees.TruncateAsync(tenant, level, count, cancellation);
        if (ForgedNode is { } forged && forged.Level == level && forged.Index >= count) ForgedNode = null;
    }

    private static WholeTree Whole(string tenant, long size) => Wholes.GetOrAdd((tenant, size), static key =>
    {
        var frontier = new TreeFrontier();
        var nodes = new Dictionary<int, List<MerkleHash>>();
        for (long leaf = 0; leaf < key.Size; leaf++)
        {
            frontier.Add(LeafOf(key.Tenant, leaf, false), (node, hash) =>
            {
                if (!nodes.TryGetValue(node.Level, out var level)) nodes.Add(node.Level, level = []);
                level.Add(hash);
            });
        }
        return new(frontier.Root, nodes.ToDictionary(level => level.Key, level => level.Value.ToArray()));
    });

    private MerkleHash Leaf(string tenant, long index) => LeafOf(tenant, index, Rewritten.Contains(index));

    private static MerkleHash LeafOf(string tenant, long index, bool rewritten) => MerkleHash.OfLeaf(Encoding.UTF8.GetBytes($"{tenant}/{index}{(rewritten ? "!" : "")}"));

    private void Call()
    {
        if (++Calls == FailingCall) throw new IOException("injected");
    }

    private sealed record WholeTree(MerkleHash Root, IReadOnlyDictionary<int, MerkleHash[]> Nodes);
}
