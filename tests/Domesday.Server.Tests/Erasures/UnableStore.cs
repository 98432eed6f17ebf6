using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Merkle;
using Domesday.TestKit;

namespace Domesday.Server.Tests.Erasures;

/// <summary>A store that does as it is told when it is to erase; what is asked for nothing succeeds.</summary>
internal sealed class UnableStore(MemoryStore store) : IEventStore
{
    /// <summary>What happens instead of erasing; null: it erases.</summary>
    public Func<Problem?>? Instead { get; set; }

    /// <summary>What happens before it erases.</summary>
    public Func<Task>? Before { get; set; }

    public IReadOnlyList<string> Tenants => store.Tenants;

    public ITreeStore Trees => store.Trees;

    public async ValueTask<Result<long>> EraseAsync(string tenant, IReadOnlyList<long> sequences, CancellationToken cancellation)
    {
        if (sequences.Count == 0) return 0L;
        if (Before is not null) await Before();
        return Instead?.Invoke() is { } problem ? problem : await store.EraseAsync(tenant, sequences, cancellation);
    }

    public LedgerErasures Erasures(string tenant) => store.Erasures(tenant);

    public ValueTask<Result<IReadOnlyList<Receipt>>> AppendAsync(string tenant, PendingBatch batch, CancellationToken cancellation) => store.AppendAsync(tenant, batch, cancellation);

    public long Size(string tenant) => store.Size(tenant);

    public LedgerUsage Usage(string tenant) => store.Usage(tenant);

    public DroppedEvents Due(string tenant, Timestamp before, long sealedSize) => store.Due(tenant, before, sealedSize);

    public ValueTask<Result<DroppedEvents>> DropAsync(string tenant, Timestamp before, long sealedSize, CancellationToken cancellation) => store.DropAsync(tenant, before, sealedSize, cancellation);

    public Task WaitBeyondAsync(string tenant, long size, CancellationToken cancellation) => store.WaitBeyondAsync(tenant, size, cancellation);

    public ValueTask<Result<MerkleHash[]>> LeafHashesAsync(string tenant, long first, int count, CancellationToken cancellation) => store.LeafHashesAsync(tenant, first, count, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
