namespace Domesday.Storage.Embedded.Disk;

/// <summary>Files that are being read, by number; keeps the most recently used ones open, and no more than a bound.</summary>
internal sealed class OpenFiles(IDisk disk, int openMax) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Handle> _handles = [];
    private readonly LinkedList<Handle> _byUse = new();

    /// <summary>How many are open now.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _handles.Count;
        }
    }

    public void Read(string name, long position, Span<byte> buffer)
    {
        var handle = Acquire(name);
        try
        {
            handle.File.Read(position, buffer);
        }
        finally
        {
            Release(handle);
        }
    }

    /// <summary>Closes a file that is about to be removed, once nobody reads it.</summary>
    public void Close(string name)
    {
        lock (_lock)
        {
            if (_handles.Remove(name, out var handle)) Retire(handle);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var handle in _handles.Values) Retire(handle);
            _handles.Clear();
        }
    }

    private Handle Acquire(string name)
    {
        lock (_lock)
        {
            if (!_handles.TryGetValue(name, out var handle))
            {
                handle = new(name, disk.Open(name, forWriting: false));
                _handles.Add(name, handle);
            }
            else
            {
                _byUse.Remove(handle.Place);
            }
            _byUse.AddLast(handle.Place);
            handle.Readers++;
            while (_handles.Count > openMax && _byUse.First!.Value is var oldest && oldest != handle)
            {
                _handles.Remove(oldest.Name);
                Retire(oldest);
            }
            return handle;
        }
    }

    private void Release(Handle handle)
    {
        lock (_lock)
        {
            handle.Readers--;
            if (handle is { Retired: true, Readers: 0 }) handle.File.Dispose();
        }
    }

    private void Retire(Handle handle)
    {
        handle.Retired = true;
        _byUse.Remove(handle.Place);
        if (handle.Readers == 0) handle.File.Dispose();
    }

    private sealed class Handle
    {
        public Handle(string name, IDiskFile file)
        {
            (Name, File) = (name, file);
            Place = new(this);
        }

        public string Name { get; }

        public IDiskFile File { get; }

        public LinkedListNode<Handle> Place { get; }

        public int Readers { get; set; }

        public bool Retired { get; set; }
    }
}
