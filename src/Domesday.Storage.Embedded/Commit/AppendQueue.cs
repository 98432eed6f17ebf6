using Domesday.Core.Problems;

namespace Domesday.Storage.Embedded.Commit;

/// <summary>Batches that wait for the writer, up to a number of bytes.</summary>
internal sealed class AppendQueue(long bytesMax, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _filled = new();
    private readonly SemaphoreSlim _room = new(0);
    private readonly Queue<AppendTicket> _tickets = new();
    private long _bytes;
    private int _waiting;
    private bool _isClosed;

    /// <summary>Batches that wait for the writer.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _tickets.Count;
        }
    }

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Adds a batch, waiting for room if there is none.</summary>
    /// <returns>Why it was refused; null when it was added.</returns>
    public async ValueTask<Problem?> AddAsync(AppendTicket ticket, CancellationToken cancellation)
    {
        var deadline = time.GetUtcNow() + WaitMax;
        while (true)
        {
            lock (_lock)
            {
                if (_isClosed) return new(ProblemKind.Unavailable, "The service is stopping.", RetryAfter: WaitMax);
                if (_bytes == 0 || _bytes + ticket.Bytes <= bytesMax)
                {
                    _tickets.Enqueue(ticket);
                    _bytes += ticket.Bytes;
                    _filled.Set();
                    return null;
                }
                _waiting++;
            }
            var left = deadline - time.GetUtcNow();
            if (left <= TimeSpan.Zero || !await _room.WaitAsync(left, cancellation))
            {
                return new(ProblemKind.Unavailable, "More is being sent than can be stored.", RetryAfter: TimeSpan.FromSeconds(1));
            }
        }
    }

    /// <summary>Takes what waits, up to a number of bytes but at least one batch.</summary>
    /// <returns>Nothing when the time ran out, or when the queue was closed.</returns>
    public List<AppendTicket> Take(int bytesMost, TimeSpan wait)
    {
        var taken = new List<AppendTicket>();
        if (!_filled.Wait(wait)) return taken;
        int wake;
        lock (_lock)
        {
            var bytes = 0;
            while (_tickets.TryPeek(out var next) && (taken.Count == 0 || bytes + next.Bytes <= bytesMost))
            {
                bytes += next.Bytes;
                taken.Add(_tickets.Dequeue());
            }
            _bytes -= bytes;
            if (_tickets.Count == 0 && !_isClosed) _filled.Reset();
            (wake, _waiting) = (_waiting, 0);
        }
        if (wake > 0) _room.Release(wake);
        return taken;
    }

    /// <summary>Takes no more; what waits is still handed out.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _filled.Set();
        }
    }

    public bool IsClosed
    {
        get
        {
            lock (_lock) return _isClosed && _tickets.Count == 0;
        }
    }

    public void Dispose()
    {
        _filled.Dispose();
        _room.Dispose();
    }
}
