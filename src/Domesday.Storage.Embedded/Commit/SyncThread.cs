namespace Domesday.Storage.Embedded.Commit;

/// <summary>Waits for the disk, while the writer goes on with what needs no disk.</summary>
internal sealed class SyncThread : IDisposable
{
    private readonly SemaphoreSlim _asked = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private readonly Thread _thread;
    private Action? _sync;
    private Exception? _failure;

    public SyncThread()
    {
        _thread = new(Run) { IsBackground = true, Name = "domesday sync" };
        _thread.Start();
    }

    /// <summary>Starts to sync.</summary>
    public void Begin(Action sync)
    {
        (_sync, _failure) = (sync, null);
        _asked.Release();
    }

    /// <summary>Waits until it is done.</summary>
    /// <returns>Why it failed, or null.</returns>
    public Exception? End()
    {
        _done.Wait();
        return _failure;
    }

    public void Dispose()
    {
        _sync = null;
        _asked.Release();
        _thread.Join();
        _asked.Dispose();
        _done.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _asked.Wait();
            if (_sync is not { } sync) return;
            try
            {
                sync();
            }
            catch (IOException exception)
            {
                _failure = exception;
            }
            _done.Release();
        }
    }
}
