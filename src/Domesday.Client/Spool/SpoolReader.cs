namespace Domesday.Client.Spool;

/// <summary>The reading side: goes through what is durable, and knows which acts are begun and not ended.</summary>
/// <remarks>Not for several threads at once.</remarks>
internal sealed class SpoolReader
{
    private readonly SpoolFolder _folder;
    private readonly SpoolLog _log;
    private readonly Dictionary<Guid, OpenAct> _open = [];
    private readonly Queue<ReadOnlyMemory<byte>> _orphans = new();
    private ReadOnlyMemory<byte> _segment;
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
    /// <returns>Null when there is none now.</returns>
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
                    // A copy: the payload would keep the memory of all that was read along with it.
                    if (_abandoned.Remove(frame.Id)) return frame.Payload;
                    _open[frame.Id] = new(at, frame.Payload.ToArray());
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
        foreach (var id in ids)
        {
            if (_open.Remove(id, out var act)) _orphans.Enqueue(act.Payload);
            else _abandoned.Add(id);
        }
    }

    /// <summary>Acts that keep old segments from being deleted.</summary>
    public IReadOnlyList<(Guid Id, ReadOnlyMemory<byte> Payload)> Lingering(long beforeSegment)
    {
        var found = new List<(Guid, ReadOnlyMemory<byte>)>();
        foreach (var (id, act) in _open.Where(act => act.Value.At.Segment < beforeSegment && !act.Value.IsCarried).ToList())
        {
            found.Add((id, act.Payload));
            _open[id] = act with { IsCarried = true };
        }
        return found;
    }

    /// <summary>What is still open where this process began to write was begun by one that ended.</summary>
    private void FindOrphans()
    {
        _hasPassedOrphans = true;
        foreach (var (id, act) in _open.Where(act => act.Value.At < _log.FirstOwn).ToList())
        {
            _open.Remove(id);
            _orphans.Enqueue(act.Payload);
            Orphans++;
        }
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
            if (SpoolFrame.TryRead(Load(readable.Value), out frame))
            {
                Position = Position with { Offset = Position.Offset + frame.Length };
                return true;
            }
            // Damaged since it was written: the rest of the segment cannot be told apart.
            Position = Position with { Offset = readable.Value };
        }
    }

    /// <summary>The segment's readable bytes from the position on; read anew when there is more than was read.</summary>
    private ReadOnlyMemory<byte> Load(long readable)
    {
        if (_segmentLoaded != Position.Segment || _loadedFrom + _segment.Length < readable)
        {
            using var handle = File.OpenHandle(_folder.FileOf(Position.Segment), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // Only what is new: payloads that are still held keep the memory that they were read into.
            var bytes = new byte[readable - Position.Offset];
            var read = 0;
            while (read < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(read), Position.Offset + read) is > 0 and var more) read += more;
            (_segment, _segmentLoaded, _loadedFrom) = (bytes.AsMemory(0, read), Position.Segment, Position.Offset);
        }
        return _segment[(int)(Position.Offset - _loadedFrom)..];
    }

    /// <param name="IsCarried">It was written again further behind.</param>
    private sealed record OpenAct(SpoolPosition At, ReadOnlyMemory<byte> Payload, bool IsCarried = false);
}
