namespace Domesday.Client.Spool;

/// <summary>The reading side: goes through what is durable, and knows which acts are begun and not ended.</summary>
/// <remarks>Not for several threads at once.</remarks>
internal sealed class SpoolReader
{
    /// <summary>So much of a file is read at once, unless a record is larger.</summary>
    private const int WindowBytes = 1024 * 1024;

    private readonly SpoolFolder _folder;
    private readonly SpoolLog _log;
    private readonly Dictionary<Guid, OpenAct> _open = [];
    private readonly Queue<ReadOnlyMemory<byte>> _orphans = new();
    private byte[] _window = new byte[WindowBytes];
    private int _loaded;
    private long _segmentLoaded = -1;
    private long _loadedFrom;
    private readonly HashSet<Guid> _abandoned = [];
    private bool _hasPassedOrphans;

    public SpoolReader(SpoolFolder folder, SpoolLog log, SpoolPosition start) => (_folder, _log, Position) = (folder, log, start);

    /// <summary>Behind the last record that was read.</summary>
    public SpoolPosition Position { get; private set; }

    public long Orphans { get; private set; }

    /// <summary>Up to where nothing is needed any more, when all events before a place are sent.</summary>
    public SpoolPosition SafeAt(SpoolPosition sent)
    {
        foreach (var act in _open.Values)
        {
            if (act.At < sent) sent = act.At;
        }
        return sent;
    }

    /// <summary>The next event to be sent.</summary>
    /// <returns>Null when there is none now; its memory is used again by the next call.</returns>
    public ReadOnlyMemory<byte>? Next()
    {
        while (true)
        {
            if (!_hasPassedOrphans && !(Position < _log.FirstOwn)) FindOrphans();
            if (_orphans.TryDequeue(out var orphan)) return orphan;
            if (!TryReadFrame(out var at, out var frame))
            {
                if (_hasPassedOrphans) return null;
                // Nothing was written yet behind what the earlier process left.
                FindOrphans();
                continue;
            }
            switch (frame.Kind)
            {
                case SpoolKind.Event:
                    return frame.Payload;
                case SpoolKind.Begin or SpoolKind.Carry:
                    if (_abandoned.Remove(frame.Id)) return frame.Payload;
                    // Hardly any is ever needed, and what it says stays in its file as long as it is open.
                    _open[frame.Id] = new(at, frame.Length);
                    break;
                case SpoolKind.Complete:
                    _open.Remove(frame.Id);
                    return frame.Payload;
                default:
                    _open.Remove(frame.Id);
                    break;
            }
        }
    }

    /// <summary>Gives up on acts whose end could not be written.</summary>
    public void Abandon(IEnumerable<Guid> ids)
    {
        _abandoned.UnionWith(ids);
        foreach (var id in _abandoned.Where(_open.ContainsKey).ToList())
        {
            Orphan(id);
            _abandoned.Remove(id);
        }
    }

    /// <summary>Acts that keep old segments from being deleted.</summary>
    public IReadOnlyList<(Guid Id, ReadOnlyMemory<byte> Payload)> Lingering(long beforeSegment)
    {
        var found = new List<(Guid, ReadOnlyMemory<byte>)>();
        foreach (var (id, act) in _open.Where(act => act.Value.At.Segment < beforeSegment && !act.Value.IsCarried).ToList())
        {
            if (PayloadOf(act) is { } payload) found.Add((id, payload));
            _open[id] = act with { IsCarried = true };
        }
        return found;
    }

    /// <summary>What is still open where this process began to write was begun by one that ended.</summary>
    private void FindOrphans()
    {
        foreach (var id in _open.Where(act => act.Value.At < _log.FirstOwn).Select(act => act.Key).ToList())
        {
            Orphan(id);
            Orphans++;
        }
        _hasPassedOrphans = true;
    }

    private bool TryReadFrame(out SpoolPosition at, out SpoolFrame frame)
    {
        while (true)
        {
            at = Position;
            frame = default;
            var readable = _log.ReadableBytes(Position.Segment);
            if (readable is null || Position.Offset >= readable)
            {
                if (_log.Next(Position.Segment) is not { } next) return false;
                // The length was final before the next segment began; it is asked for again, since it may have grown in between.
                if (_log.ReadableBytes(Position.Segment) is { } final && Position.Offset < final) continue;
                Position = new(next, 0);
                continue;
            }
            if (SpoolFrame.TryRead(Loaded(readable.Value, SpoolFrame.HeaderBytes), out frame)
                || SpoolFrame.TryRead(Loaded(readable.Value, SpoolFrame.ClaimedLength(Loaded(readable.Value, SpoolFrame.HeaderBytes).Span)), out frame))
            {
                Position = Position with { Offset = Position.Offset + frame.Length };
                return true;
            }
            // Damaged since it was written: the rest of the segment cannot be told apart.
            Position = Position with { Offset = readable.Value };
        }
    }

    /// <summary>The segment's bytes from the position on, as far as they were read.</summary>
    /// <param name="least">So many, or all that there are.</param>
    private ReadOnlyMemory<byte> Loaded(long readable, long least)
    {
        var rest = readable - Position.Offset;
        least = Math.Min(least, rest);
        if (_segmentLoaded != Position.Segment || Position.Offset < _loadedFrom || _loadedFrom + _loaded - Position.Offset < least)
        {
            var length = (int)Math.Min(rest, Math.Max(least, WindowBytes));
            // A read that fails leaves nothing of use.
            _segmentLoaded = -1;
            if (_window.Length < length) _window = new byte[length];
            _loaded = Read(Position, _window.AsSpan(0, length));
            (_segmentLoaded, _loadedFrom) = (Position.Segment, Position.Offset);
        }
        return _window.AsMemory(0, _loaded)[(int)(Position.Offset - _loadedFrom)..];
    }

    private int Read(SpoolPosition from, Span<byte> bytes)
    {
        using var handle = File.OpenHandle(_folder.FileOf(from.Segment), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(handle, bytes[read..], from.Offset + read) is > 0 and var more) read += more;
        return read;
    }

    /// <summary>Has an open act sent as it was begun. It stays open when its file cannot be read now.</summary>
    private void Orphan(Guid id)
    {
        if (PayloadOf(_open[id]) is { } payload) _orphans.Enqueue(payload);
        _open.Remove(id);
    }

    /// <returns>Null when it was damaged since it was read first.</returns>
    private ReadOnlyMemory<byte>? PayloadOf(OpenAct act)
    {
        var bytes = new byte[act.Length];
        return Read(act.At, bytes) == bytes.Length && SpoolFrame.TryRead(bytes, out var frame) ? frame.Payload : null;
    }

    /// <param name="IsCarried">It was written again further behind.</param>
    private readonly record struct OpenAct(SpoolPosition At, int Length, bool IsCarried = false);
}
