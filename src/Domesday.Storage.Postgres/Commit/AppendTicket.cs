using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Storage.Postgres.Ledgers;

namespace Domesday.Storage.Postgres.Commit;

/// <summary>A batch on its way into a ledger, and its caller's promise.</summary>
/// <param name="since">Timestamp of its arrival.</param>
internal sealed class AppendTicket(Ledger ledger, PendingBatch batch, long since)
{
    private readonly TaskCompletionSource<Result<IReadOnlyList<Receipt>>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Ledger Ledger => ledger;

    public PendingBatch Batch => batch;

    public long Since => since;

    public int Bytes { get; } = batch.Buffer.Length + batch.Attachments.Sum(attachment => attachment.Bytes.Length);

    public Task<Result<IReadOnlyList<Receipt>>> Done => _done.Task;

    public void Fail(Exception exception) => _done.TrySetException(exception);

    public void Complete(Result<IReadOnlyList<Receipt>> result) => _done.TrySetResult(result);
}
