using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Merkle;

namespace Domesday.Ingest.Tests;

/// <summary>A store that refuses, or waits for a sign, before the real one stores.</summary>
internal sealed class StoreInBetween(IEventStore store) : IEventStore
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Problem? Refusal { get; init; }

    public TaskCompletionSource? Gate { get; init; }

    /// <summary>Completes with the first append.</summary>
    public Task Arrived => _arrived.Task;

    public ITreeStore Trees => store.Trees;

    public IReadOnlyList<string> Tenants => store.Tenants;

    public async ValueTask<Result<IReadOnlyList<Receipt>>> AppendAsync(string tenant, PendingBatch batch, CancellationToken cancellation)
    {
        _arrived.TrySetResult();
        if (Refusal is not null) return Refusal;
        if (Gate is not null) await Gate.Task.WaitAsync(cancellation);
        return await store.AppendAsync(tenant, batch, cancellation);
    }

    public long Size(string tenant) => store.Size(tenant);

    public LedgerUsage Usage(string tenant) => store.Usage(tenant);

    public DroppedEvents Due(string tenant, Timestamp before, long sealedSize) => store.Due(tenant, before, sealedSize);

    public ValueTask<Result<DroppedEvents>> DropAsync(string tenant, Timestamp before, long sealedSize, CancellationToken cancellation) => store.DropAsync(tenant, before, sealedSize, cancellation);

    public ValueTask<Result<long>> EraseAsync(string tenant, IReadOnlyList<long> sequences, CancellationToken cancellation) => store.EraseAsync(tenant, sequences, cancellation);

    public LedgerErasures Erasures(string tenant) => store.Erasures(tenant);

    public Task WaitBeyondAsync(string tenant, long size, CancellationToken cancellation) => store.WaitBeyondAsync(tenant, size, cancellation);

    public ValueTask<Result<MerkleHash[]>> LeafHashesAsync(string tenant, long first, int count, CancellationToken cancellation) => store.LeafHashesAsync(tenant, first, count, cancellation);

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
