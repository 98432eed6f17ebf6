using Domesday.Client.Durability;

namespace Domesday.Client.Spool;

/// <summary>The writing side: records are appended by whoever has one, and made durable together.</summary>
/// <remarks>
/// Whoever wants his record to be durable first syncs for all that were written until then; those who come meanwhile wait for the next sync, which one of
/// them is called to do. So a lone writer pays one fdatasync and no change of threads, and a hundred share one.
/// </remarks>
internal sealed class SpoolLog : IDisposable
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SpoolFolder _folder;
    private readonly SpoolOptions _options;
    private readonly Dictionary<long, long> _closed;
    private List<TaskCompletionSource<bool>> _waiters = [];
    private byte[] _frame = [];
    private SpoolFile? _file;
    private long _segment, _written, _durable, _bytes;
    private long _failedAt;
    private bool _syncing;

    /// <param name="found">Lengths of the segments that are there already; nothing is appended to those.</param>
    public SpoolLog(SpoolFolder folder, SpoolOptions options, IReadOnlyDictionary<long, long> found, SpoolPosition cursor)
    {
        (_folder, _options) = (folder, options);
        _closed = new(found);
        _segment = Math.Max(cursor.Segment, found.Count == 0 ? 0 : found.Keys.Max());
        _bytes = found.Values.Sum();
        FirstOwn = new(_segment + 1, 0);
    }

    /// <summary>Where this process began to write.</summary>
    public SpoolPosition FirstOwn { get; }

    public long BytesOnDisk
    {
        get
        {
            lock (_gate) return _bytes;
        }
    }

    public long CurrentSegment
    {
        get
        {
            lock (_gate) return _segment;
        }
    }

    /// <summary>Called after more has become durable; from any thread.</summary>
    public Action? Advanced { get; set; }

    /// <summary>Writes a record, which another process can read from now on even when this one is killed; a power cut may take it away until it is durable.</summary>
    /// <param name="end">Behind the record.</param>
    public SpoolOutcome Append(SpoolKind kind, Guid id, ReadOnlySpan<byte> payload, out SpoolPosition end)
    {
        end = default;
        if (payload.Length > SpoolFrame.PayloadBytesMax) return SpoolOutcome.TooLarge;
        var length = SpoolFrame.HeaderBytes + payload.Length;
        lock (_gate)
        {
            // What is no new event may take a little more: it is what lets others go.
            var limit = kind is SpoolKind.Event or SpoolKind.Begin ? _options.BytesMax : _options.BytesMax + _options.SegmentBytes;
            if (_bytes + length > limit) return SpoolOutcome.Full;
            try
            {
                if (!TryReady(length)) return SpoolOutcome.Failed;
                if (_frame.Length < length) _frame = new byte[Math.Max(length, 4096)];
                SpoolFrame.Write(_frame.AsSpan(0, length), kind, id, payload);
                _file!.Write(_frame.AsSpan(0, length), _written);
                if (_frame.Length > 1024 * 1024) _frame = [];
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Abandon();
                return SpoolOutcome.Failed;
            }
            _written += length;
            _bytes += length;
            end = new(_segment, _written);
            return SpoolOutcome.Kept;
        }
    }

    /// <summary>Completes when everything before a place is durable.</summary>
    /// <returns>False when the disk failed.</returns>
    public Task<bool> SyncAsync(SpoolPosition end)
    {
        TaskCompletionSource<bool> waiter;
        bool isFirst;
        lock (_gate)
        {
            if (_file is null || end.Segment != _segment) return Task.FromResult(!_closed.TryGetValue(end.Segment, out var length) || end.Offset <= length);
            if (end.Offset <= _durable) return Task.FromResult(true);
            waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add(waiter);
            isFirst = !_syncing;
            _syncing = true;
        }
        if (isFirst) SyncOnce();
        return waiter.Task;
    }

    /// <summary>How much of a segment may be read; null for one that is not there.</summary>
    public long? ReadableBytes(long segment)
    {
        lock (_gate) return segment == _segment && _file is not null ? _durable : _closed.TryGetValue(segment, out var length) ? length : null;
    }

    /// <summary>The segment behind this one; null while nothing was written behind it.</summary>
    public long? Next(long segment)
    {
        lock (_gate)
        {
            long? next = _file is not null && _segment > segment ? _segment : null;
            foreach (var other in _closed.Keys)
            {
                if (other > segment && (next is null || other < next)) next = other;
            }
            return next;
        }
    }

    /// <summary>Deletes the segments that lie wholly before a place.</summary>
    public void Free(SpoolPosition cursor)
    {
        lock (_gate)
        {
            foreach (var (segment, length) in _closed.Where(closed => closed.Key < cursor.Segment).ToList())
            {
                File.Delete(_folder.FileOf(segment));
                _closed.Remove(segment);
                _bytes -= length;
            }
        }
    }

    /// <summary>Makes durable what is not yet, and closes.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _file?.TrySync();
            _file?.Dispose();
            _file = null;
        }
    }

    /// <summary>Sees to it that there is a segment with room.</summary>
    private bool TryReady(int length)
    {
        if (_file is not null && (_written == 0 || _written + length <= _options.SegmentBytes)) return true;
        if (_failedAt != 0 && _options.Time.GetElapsedTime(_failedAt) < PauseAfterFailure) return false;
        if (_file is not null)
        {
            if (!_file.TrySync())
            {
                Abandon();
                return false;
            }
            Complete(true);
            Close(_written);
        }
        _file = SpoolFile.Create(_folder.FileOf(_segment + 1));
        _segment++;
        _written = _durable = 0;
        if (!DiskSync.TrySyncFolder(_folder.Path))
        {
            Abandon();
            return false;
        }
        _failedAt = 0;
        return true;
    }

    private void Close(long length)
    {
        _file!.Dispose();
        _file = null;
        _closed[_segment] = length;
    }

    /// <summary>After a failure nothing is appended to the file any more, and what was not durable is not sent from it: its senders were told.</summary>
    private void Abandon()
    {
        _failedAt = _options.Time.GetTimestamp();
        if (_file is not null)
        {
            _bytes -= _written - _durable;
            try
            {
                _file.Cut(_durable);
            }
            catch (IOException)
            {
                // The next start reads what is whole in it.
            }
            Close(_durable);
        }
        _written = _durable;
        Complete(false);
    }

    private void Complete(bool isDurable)
    {
        if (isDurable) _durable = _written;
        foreach (var waiter in _waiters) waiter.TrySetResult(isDurable);
        _waiters = [];
    }

    private void SyncOnce()
    {
        SpoolFile? file;
        long upTo;
        List<TaskCompletionSource<bool>> waiters;
        lock (_gate)
        {
            (file, upTo, waiters) = (_file, _written, _waiters);
            _waiters = [];
        }
        bool isDurable;
        try
        {
            isDurable = file is null || file.TrySync();
        }
        catch (ObjectDisposedException)
        {
            // A new segment was begun meanwhile, which made this one durable.
            isDurable = true;
        }
        lock (_gate)
        {
            if (!isDurable && file == _file) Abandon();
            else if (isDurable && file == _file) _durable = Math.Max(_durable, upTo);
            if (_waiters.Count == 0) _syncing = false;
            else ThreadPool.UnsafeQueueUserWorkItem(static log => log.SyncOnce(), this, preferLocal: false);
        }
        foreach (var waiter in waiters) waiter.TrySetResult(isDurable);
        if (isDurable) Advanced?.Invoke();
    }
}
