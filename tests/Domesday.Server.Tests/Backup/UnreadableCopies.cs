using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Merkle;
using Domesday.Storage.Embedded;

namespace Domesday.Server.Tests.Backup;

/// <summary>A store on a disk that fails while the last file of a copy is read; everything else works.</summary>
internal sealed class UnreadableCopies(EmbeddedStore store) : IEventStore, IStoreBackup
{
    public Problem? NotAccepting => store.NotAccepting;

    public IReadOnlyList<string> Tenants => store.Tenants;

    public ITreeStore Trees => store.Trees;

    public ValueTask<Result<IReadOnlyList<Receipt>>> AppendAsync(string tenant, PendingBatch batch, CancellationToken cancellation) => store.AppendAsync(tenant, batch, cancellation);

    public long Size(string tenant) => store.Size(tenant);

    public LedgerUsage Usage(string tenant) => store.Usage(tenant);

    public DroppedEvents Due(string tenant, Timestamp before, long sealedSize) => store.Due(tenant, before, sealedSize);

    public ValueTask<Result<DroppedEvents>> DropAsync(string tenant, Timestamp before, long sealedSize, CancellationToken cancellation) => store.DropAsync(tenant, before, sealedSize, cancellation);

    public ValueTask<Result<long>> EraseAsync(string tenant, IReadOnlyList<long> sequences, CancellationToken cancellation) => store.EraseAsync(tenant, sequences, cancellation);

    public LedgerErasures Erasures(string tenant) => store.Erasures(tenant);

    public Task WaitBeyondAsync(string tenant, long size, CancellationToken cancellation) => store.WaitBeyondAsync(tenant, size, cancellation);

    public ValueTask<Result<MerkleHash[]>> LeafHashesAsync(string tenant, long first, int count, CancellationToken cancellation) => store.LeafHashesAsync(tenant, first, count, cancellation);

    public IStoreCopy Copy() => new UnreadableCopy(store.Copy());

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private sealed class UnreadableCopy(IStoreCopy copy) : IStoreCopy
    {
        public IReadOnlyList<StoreCopyFile> Files => copy.Files;

        public int Read(StoreCopyFile file, long position, Span<byte> buffer) =>
            file == Files[^1] && position > 0 ? throw new IOException("Input/output error") : copy.Read(file, position, file == Files[^1] ? buffer[..Math.Min(buffer.Length, 1_000)] : buffer);

        public void Dispose() => copy.Dispose();
    }
}
