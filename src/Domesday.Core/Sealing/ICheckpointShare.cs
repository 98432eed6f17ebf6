namespace Domesday.Core.Sealing;

/// <summary>The last signed checkpoints, as all nodes of a service see them.</summary>
public interface ICheckpointShare
{
    /// <summary>Ledger → its last note.</summary>
    ValueTask<IReadOnlyDictionary<string, string>> ReadAsync(CancellationToken cancellation);

    /// <summary>Records checkpoints for all nodes; they are durable when it returns.</summary>
    /// <returns>False, and nothing is recorded, when the work of sealing is another node's by now.</returns>
    ValueTask<bool> RecordAsync(IReadOnlyCollection<SignedSize> signed, CancellationToken cancellation);
}

/// <param name="Note">The signed checkpoint of this size.</param>
public sealed record SignedSize(string Tenant, long Size, string Note);
