namespace Domesday.Core.Export;

/// <summary>Where an export's manifest gets the ledger's newest signed checkpoint from; sealing provides it.</summary>
public interface ICheckpointSource
{
    /// <summary>The signed note, as <c>/log/checkpoint</c> gives it; null while the tenant has none.</summary>
    string? Latest(string tenant);
}
