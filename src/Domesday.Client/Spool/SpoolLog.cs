using Domesday.Client.Durability;

namespace Domesday.Client.Spool;

/// <summary>The writing side: records are appended by whoever has one, and made durable together.</summary>
/// <remarks>
/// Whoever wants his record to be durable first syncs for all that were written until then; those who come meanwhile wait for the next sync, which is
/// done for them by a thread that does nothing else, and that waits a moment for as many as shared the last one. So a lone writer pays one fdatasync and no change of
/// threads, and a hundred share one and block none of the pool's threads meanwhile. The same thread syncs what nobody waits for, a few milliseconds later.
/// </remarks>
internal sealed class SpoolLog : IDisposable
{
    /// <summary>How long the many are waited for that shared the last sync, so that they share the next one too.</summary>
    private static readonly TimeSpan GatherFor = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SpoolFolder _folder;
    private readonly SpoolOptions _options;
    private readonly Dictionary<long, long> _closed;
    private readonly HashSet<long> _moved = [];
    private readonly SpoolTail _tail = new();
    private readonly AutoResetEvent _unsynced = new(false), _handedOver = new(false), _gathered = new(false);
    private readonly ManualResetEvent _stopped = new(false);
    private readonly Thread _syncer;
    private List<TaskCompletionSource<bool>> _waiters = [];
    private SpoolFile? _file;
    private long _segment, _written, _durable, _bytes;
    private long _failedAt;
    private int _expected = 1;
    private bool _syncing, _isNoted, _again;

    /// <param name="found">Lengths of the segments that are there already; nothing is appended to those.</param>
    public SpoolLog(SpoolFolder folder, SpoolOptions options, IReadOnlyDictionary<long, long> found, SpoolPosition cursor)
    {
        (_folder, _options) = (folder, options);
        _closed = new(found);
        _segment = Math.Max(cursor.Segment, found.Count == 0 ? 0 : found.Keys.Max());
        _bytes = found.Values.Sum();
        FirstOwn = new(_segment + 1, 0);
        _syncer = new(RunSyncs) { IsBackground = true, Name = "spool" };
        _syncer.Start();
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

    /// <summary>Called with the records that the disk did not take after all and for which nobody waited; from any thread.</summary>
    public Action<IReadOnlyList<SpoolPending>>? Lost { get; set; }

    /// <summary>Writes a record, which another process can read from now on even when this one is killed; a power cut may take it away until it is durable.</summary>
    /// <param name="isAwaited">Whether <see cref="SyncAsync"/> follows.</param>
    /// <param name="end">Behind the record.</param>
    public SpoolOutcome Append(SpoolKind kind, Guid id, ReadOnlySpan<byte> payload, bool isAwaited, out SpoolPosition end)
    {
        end = default;
        if (payload.Length > SpoolFrame.PayloadBytesMax) return SpoolOutcome.TooLarge;
        var length = SpoolFrame.HeaderBytes + payload.Length;
        bool isFirst;
        lock (_gate)
        {
            // What is no new event may take a little more: it is what lets others go.
            var limit = kind is SpoolKind.Event or SpoolKind.Begin ? _options.BytesMax : _options.BytesMax + _options.SegmentBytes;
            if (_bytes + length > limit) return SpoolOutcome.Full;
            if (!TryReady(length) || !TryWrite(kind, id, payload, length)) return SpoolOutcome.Failed;
            _written += length;
            _bytes += length;
            end = new(_segment, _written);
            if (!isAwaited) _tail.Note(kind, id, _written);
            isFirst = !isAwaited && !_isNoted;
            if (isFirst) _isNoted = true;
        }
        if (isFirst) _unsynced.Set();
        return SpoolOutcome.Kept;
    }

    /// <summary>Completes when everything before a place is durable.</summary>
    /// <returns>False when the disk failed.</returns>
    public Task<bool> SyncAsync(SpoolPosition end)
    {
        TaskCompletionSource<bool> waiter;
        bool isFirst, isAlone, isLast;
        lock (_gate)
        {
            if (_file is null || end.Segment != _segment) return Task.FromResult(IsDurable(end));
            if (end.Offset <= _durable) return Task.FromResult(true);
            waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add(waiter);
            (isFirst, isAlone, isLast) = (!_syncing, _expected <= 1, _waiters.Count == _expected);
            _syncing = true;
        }
        if (isFirst && isAlone) SyncOnce();
        else if (isFirst) _handedOver.Set();
        else if (isLast) _gathered.Set();
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
                _moved.Remove(segment);
                _bytes -= length;
            }
        }
    }

    /// <summary>Makes durable what is not yet, and closes.</summary>
    public void Dispose()
    {
        _stopped.Set();
        _syncer.Join();
        lock (_gate)
        {
            Complete(_file?.TrySync() == true);
            _file?.Dispose();
            _file = null;
        }
        _unsynced.Dispose();
        _handedOver.Dispose();
        _gathered.Dispose();
        _stopped.Dispose();
    }

    /// <summary>Of a place in a segment that is no longer written: whether what stood before it is on disk, there or where it was moved to.</summary>
    private bool IsDurable(SpoolPosition end) => !_closed.TryGetValue(end.Segment, out var length) || end.Offset <= length || _moved.Contains(end.Segment);

    /// <summary>Sees to it that there is a segment with room.</summary>
    private bool TryReady(int length)
    {
        if (_file is not null && (_written == 0 || _written + length <= _options.SegmentBytes)) return true;
        if (_failedAt != 0 && _options.Time.GetElapsedTime(_failedAt) < PauseAfterFailure) return false;
        if (_file is not null)
        {
            if (!_file.TrySync()) return TryMove();
            Complete(true);
            Close(_written);
        }
        if (!TryBegin()) return false;
        _failedAt = 0;
        return true;
    }

    /// <summary>Begins the next segment.</summary>
    private bool TryBegin()
    {
        try
        {
            _file = SpoolFile.Create(_folder.FileOf(_segment + 1));
            _segment++;
            _written = _durable = 0;
            if (DiskSync.TrySyncFolder(_folder.Path)) return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No room, or no disk.
        }
        _failedAt = _options.Time.GetTimestamp();
        if (_file is not null) Close(0);
        return false;
    }

    private bool TryWrite(SpoolKind kind, Guid id, ReadOnlySpan<byte> payload, int length)
    {
        try
        {
            _file!.Write(_tail.Add(kind, id, payload), _written);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _tail.RemoveLast(length);
        }
        // The file is left behind, as something may be wrong with it. What was written before may have come through, as it does when the disk is full.
        _failedAt = _options.Time.GetTimestamp();
        if (_file!.TrySync()) Complete(true);
        else Lose();
        CutAndClose();
        return false;
    }

    /// <summary>After a failed sync nothing is appended to the file any more; what was not durable is written into another one, at once.</summary>
    /// <returns>False when that fails, too: those who wait for it, and the one who wants to know of the others, are told.</returns>
    private bool TryMove()
    {
        var segment = _segment;
        var bytes = _tail.Bytes;
        _bytes -= bytes.Length;
        CutAndClose();
        try
        {
            if (TryBegin())
            {
                _file!.Write(bytes, 0);
                if (_file.TrySync())
                {
                    _written = bytes.Length;
                    _bytes += _written;
                    _moved.Add(segment);
                    Complete(true);
                    return true;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The other file fails as the first did.
        }
        _failedAt = _options.Time.GetTimestamp();
        if (_file is not null) CutAndClose();
        Lose();
        return false;
    }

    private void CutAndClose()
    {
        try
        {
            _file!.Cut(_durable);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next start reads what is whole in it.
        }
        Close(_durable);
    }

    private void Close(long length)
    {
        _file!.Dispose();
        _file = null;
        _closed[_segment] = length;
    }

    private void Lose()
    {
        var lost = _tail.Lose();
        // Before those who wait are told: what they do then builds upon it.
        if (lost.Count > 0) Lost?.Invoke(lost);
        Complete(false);
    }

    private void Complete(bool isDurable)
    {
        if (isDurable) AdvanceTo(_written);
        foreach (var waiter in _waiters) waiter.TrySetResult(isDurable);
        _waiters = [];
    }

    private void AdvanceTo(long end)
    {
        if (end <= _durable) return;
        _tail.Forget(end, (int)(end - _durable));
        _durable = end;
    }

    /// <summary>Syncs what nobody waits for, and what is waited for while others sync.</summary>
    private void RunSyncs()
    {
        WaitHandle[] forWork = [_stopped, _handedOver, _unsynced], forDelay = [_stopped, _handedOver];
        while (true)
        {
            var woken = WaitHandle.WaitAny(forWork);
            // So many share one sync.
            if (woken == 2) woken = WaitHandle.WaitAny(forDelay, _options.SyncDelay);
            if (woken == 0) return;
            if (woken == 1) Gather();
            lock (_gate)
            {
                _isNoted = false;
                if (woken != 1)
                {
                    if (_file is null || _durable == _written) continue;
                    // Whoever syncs now began before the last of these were written.
                    _again = _syncing;
                    if (_syncing) continue;
                    _syncing = true;
                }
            }
            SyncOnce();
        }
    }

    /// <summary>Waits a moment for as many as shared the last sync: they come back with their next request.</summary>
    private void Gather()
    {
        lock (_gate)
        {
            if (_waiters.Count == 0 || _waiters.Count >= _expected) return;
        }
        _gathered.WaitOne(GatherFor);
    }

    private void SyncOnce()
    {
        SpoolFile? file;
        long segment, upTo;
        List<TaskCompletionSource<bool>> waiters;
        lock (_gate)
        {
            (file, segment, upTo, waiters) = (_file, _segment, _written, _waiters);
            (_waiters, _again) = ([], false);
            if (waiters.Count > 0) _expected = waiters.Count;
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
            if (isDurable && file == _file) AdvanceTo(upTo);
            else if (!isDurable) isDurable = file == _file ? TryMove() : _moved.Contains(segment);
            if (_waiters.Count == 0 && !_again) _syncing = false;
            else _handedOver.Set();
        }
        foreach (var waiter in waiters) waiter.TrySetResult(isDurable);
        if (isDurable) Advanced?.Invoke();
    }
}
