namespace Domesday.Storage.Embedded.Disk;

/// <summary>The folder that holds a store, as the engine sees it: everything it asks of a file system, so that crashes and faults can be simulated.</summary>
/// <remarks>Names are relative, with <c>/</c> between folder and file. All methods throw <see cref="IOException"/>; when there is no room, <see cref="DiskFullException"/>.</remarks>
public interface IDisk : IDisposable
{
    /// <summary>Creates an empty file for reading and writing.</summary>
    /// <exception cref="IOException">It exists.</exception>
    IDiskFile Create(string name);

    /// <summary>Opens a file for reading and, if asked, for writing.</summary>
    IDiskFile Open(string name, bool forWriting);

    bool Exists(string name);

    /// <summary>Removes a file; open ones stay readable. Nothing happens when it is not there.</summary>
    void Delete(string name);

    /// <summary>Puts a file in the place of another, atomically.</summary>
    void Replace(string name, string target);

    /// <summary>Names of the files in a folder, with the folder; none when the folder is not there.</summary>
    IReadOnlyList<string> List(string folder);

    /// <summary>Makes creations, removals and replacements in a folder durable.</summary>
    void SyncFolder(string folder);

    /// <summary>Bytes that can still be written.</summary>
    long FreeBytes { get; }
}

/// <summary>An open file. Reads from several threads; writes from one.</summary>
public interface IDiskFile : IDisposable
{
    long Length { get; }

    /// <summary>Fills the buffer.</summary>
    /// <exception cref="EndOfStreamException">The file ends before.</exception>
    void Read(long position, Span<byte> buffer);

    /// <summary>Writes all bytes; they are durable after <see cref="Sync"/>.</summary>
    void Write(long position, ReadOnlySpan<byte> bytes);

    /// <summary>Makes everything written before durable. When it fails, the file must not be written any more: the kernel may have dropped the pages.</summary>
    void Sync();

    /// <summary>Lets the disk begin with what was written there, without waiting: a later <see cref="Sync"/> has little left to do, and those of other files are not held up by it. Makes nothing durable.</summary>
    void BeginSync(long position, long length);

    void Truncate(long length);

    /// <summary>Lets the kernel forget what it keeps of the file in memory, so that the next read comes from the disk.</summary>
    void DropCache();
}

/// <summary>There is no room on the disk.</summary>
public sealed class DiskFullException : IOException
{
    public DiskFullException()
    {
    }

    public DiskFullException(string message)
        : base(message)
    {
    }

    public DiskFullException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
