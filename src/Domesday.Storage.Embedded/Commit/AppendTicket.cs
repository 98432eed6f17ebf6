using System.Collections.Immutable;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Storage.Embedded.Ids;
using Domesday.Storage.Embedded.Ledgers;

namespace Domesday.Storage.Embedded.Commit;

/// <summary>One batch that waits for its group.</summary>
internal sealed class AppendTicket(Ledger ledger, PendingBatch batch, ulong[] idHashes)
{
    private readonly TaskCompletionSource<Result<IReadOnlyList<Receipt>>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Ledger Ledger => ledger;

    public PendingBatch Batch => batch;

    /// <summary>Of each entry's id.</summary>
    public ulong[] IdHashes => idHashes;

    /// <summary>The runs in which <see cref="Known"/> was looked up.</summary>
    public ImmutableArray<IdRun> Runs { get; set; }

    /// <summary>Sequences of entries that were found in the runs, by index.</summary>
    public IReadOnlyDictionary<int, long> Known { get; set; } = ImmutableDictionary<int, long>.Empty;

    public int Bytes { get; } = batch.Buffer.Length + batch.Attachments.Sum(attachment => attachment.Bytes.Length);

    public Task<Result<IReadOnlyList<Receipt>>> Done => _done.Task;

    public void Complete(Result<IReadOnlyList<Receipt>> result) => _done.TrySetResult(result);

    public void Fail(Exception exception) => _done.TrySetException(exception);
}
