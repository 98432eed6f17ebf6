namespace Domesday.Core.Nodes;

/// <summary>Small files that must survive a crash and, with several nodes, are the same on all of them.</summary>
/// <remarks>All methods throw <see cref="IOException"/> when they cannot be read or written. What was written is durable when a call returns.</remarks>
public interface IKeptFiles
{
    /// <summary>Names of all files that are there, in order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>What a file holds; null when there is none.</summary>
    byte[]? Read(string name);

    /// <summary>Puts a file in the place of another, or where there was none.</summary>
    void Replace(string name, byte[] content);

    /// <summary>Adds to the end of a file.</summary>
    void Append(string name, byte[] content);

    void Delete(string name);
}
