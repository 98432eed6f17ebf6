using Domesday.Storage.Embedded.Disk;

namespace Domesday.Storage.Embedded.Log;

/// <summary>Appends groups to the newest log file. For one thread.</summary>
internal sealed class LogWriter : IDisposable
{
    private readonly IDisk _disk;
    private readonly Lock _end = new();
    private IDiskFile? _file;
    private long _previous;
    private long _previousLength;

    /// <param name="previous">Number of the last file before; 0 for none.</param>
    /// <param name="previousLength">Up to where it counts.</param>
    /// <param name="group">Number of the last group before.</param>
    public LogWriter(IDisk disk, long previous, long previousLength, long group) => (_disk, _previous, _previousLength, Group) = (disk, previous, previousLength, group);

    /// <summary>Number of the file that is written; 0 when a new one is needed.</summary>
    public long File { get; private set; }

    /// <summary>Bytes of the file that count.</summary>
    public long Length { get; private set; }

    /// <summary>Number of the last group that counts.</summary>
    public long Group { get; private set; }

    /// <summary><see cref="File"/> and <see cref="Length"/> as of one moment; for any thread.</summary>
    public (long File, long Length) End
    {
        get
        {
            lock (_end) return (File, Length);
        }
    }

    public bool IsOpen => _file is not null;

    /// <summary>Begins a new file; the one before is complete.</summary>
    /// <param name="number">Never used before.</param>
    public void Open(long number)
    {
        Close();
        var file = _disk.Create(LogFormat.NameOf(number));
        try
        {
            file.Write(0, LogFormat.FileHeader(number, _previous, _previousLength));
            file.Sync();
            _disk.SyncFolder(LogFormat.Folder);
        }
        catch (IOException)
        {
            file.Dispose();
            TryDelete(number);
            throw;
        }
        _file = file;
        lock (_end) (File, Length) = (number, LogFormat.FileHeaderBytes);
    }

    /// <summary>Appends a group; it counts after <see cref="Sync"/>.</summary>
    /// <exception cref="IOException">Nothing was appended that counts. When the disk was full, the file can be written again; otherwise it is given up.</exception>
    public void Append(ReadOnlySpan<byte> group)
    {
        try
        {
            _file!.Write(Length, group);
        }
        catch (DiskFullException)
        {
            CutBack();
            throw;
        }
        catch (IOException)
        {
            Close();
            throw;
        }
    }

    /// <summary>Makes the appended group durable.</summary>
    /// <exception cref="IOException">It does not count; the file is given up, because the kernel may have dropped its pages.</exception>
    public void Sync(int groupLength)
    {
        try
        {
            _file!.Sync();
        }
        catch (IOException)
        {
            Close();
            throw;
        }
        lock (_end) Length += groupLength;
        Group++;
    }

    /// <summary>Ends the file, so that the next group begins another.</summary>
    public void Close()
    {
        if (_file is null) return;
        _file.Dispose();
        _file = null;
        (_previous, _previousLength) = (File, Length);
        lock (_end) (File, Length) = (0, 0);
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Takes back what a full disk let in; the group's number will be used again, so nothing of it may stay.</summary>
    private void CutBack()
    {
        try
        {
            _file!.Truncate(Length);
        }
        catch (IOException)
        {
            Close();
        }
    }

    private void TryDelete(long number)
    {
        try
        {
            _disk.Delete(LogFormat.NameOf(number));
        }
        catch (IOException)
        {
            // Recovery removes it: a file whose header is not whole holds nothing.
        }
    }
}
