namespace Domesday.Core.Nodes;

/// <summary>Small files that all nodes of a service have in common, such as keys; sealed by those who put them there.</summary>
public interface ISharedFiles
{
    /// <summary>All of them, by name.</summary>
    ValueTask<IReadOnlyDictionary<string, byte[]>> ReadAsync(CancellationToken cancellation);

    /// <summary>Puts a file there when there is none of its name.</summary>
    ValueTask AddAsync(string name, byte[] content, CancellationToken cancellation);

    ValueTask RemoveAsync(string name, CancellationToken cancellation);
}
