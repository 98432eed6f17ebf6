namespace Domesday.Core.Storage;

/// <summary>A store whose files can be copied while it runs. Engines with tools of their own for that do not offer it.</summary>
public interface IStoreBackup
{
    /// <summary>Begins a copy: everything that was acknowledged by now is in it.</summary>
    IStoreCopy Copy();
}

/// <summary>The files of a consistent copy; they stay until it is disposed.</summary>
public interface IStoreCopy : IDisposable
{
    IReadOnlyList<StoreCopyFile> Files { get; }

    /// <summary>Reads a part of one of the <see cref="Files"/>.</summary>
    /// <returns>Bytes read; 0 at the end.</returns>
    int Read(StoreCopyFile file, long position, Span<byte> buffer);
}

/// <param name="Name">Relative to the data folder, with <c>/</c> between folder and file.</param>
/// <param name="Length">How much of it belongs to the copy, in bytes.</param>
public sealed record StoreCopyFile(string Name, long Length);
