namespace Domesday.Client.Spool;

/// <summary>What was written to a segment and is not durable yet: kept in memory, so that it can be written elsewhere when the disk fails.</summary>
/// <remarks>No longer than a segment. Not for several threads at once.</remarks>
internal sealed class SpoolTail
{
    private const int KeptBytesMax = 1024 * 1024;

    private readonly Queue<SpoolPending> _pending = new();
    private byte[] _bytes = new byte[16 * 1024];
    private int _length;

    /// <summary>As it stands in the file.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <returns>The record as it is to be written.</returns>
    public ReadOnlySpan<byte> Add(SpoolKind kind, Guid id, ReadOnlySpan<byte> payload)
    {
        var length = SpoolFrame.HeaderBytes + payload.Length;
        if (_bytes.Length - _length < length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + length));
        var frame = _bytes.AsSpan(_length, length);
        SpoolFrame.Write(frame, kind, id, payload);
        _length += length;
        return frame;
    }

    /// <summary>Takes back the last record, which could not be written.</summary>
    public void RemoveLast(int length) => _length -= length;

    /// <summary>Notes a record for whose place on the disk nobody waits.</summary>
    /// <param name="end">Behind it, in the file.</param>
    public void Note(SpoolKind kind, Guid id, long end) => _pending.Enqueue(new(kind, id, end));

    /// <summary>Everything up to a place has become durable.</summary>
    /// <param name="bytes">How many of these are no longer needed.</param>
    public void Forget(long end, int bytes)
    {
        while (_pending.TryPeek(out var first) && first.End <= end) _pending.Dequeue();
        _bytes.AsSpan(bytes, _length - bytes).CopyTo(_bytes);
        _length -= bytes;
        if (_length == 0 && _bytes.Length > KeptBytesMax) _bytes = new byte[16 * 1024];
    }

    /// <summary>Gives up on all of it.</summary>
    /// <returns>The records for which nobody waits.</returns>
    public IReadOnlyList<SpoolPending> Lose()
    {
        var lost = _pending.ToArray();
        _pending.Clear();
        _length = 0;
        return lost;
    }
}

/// <summary>A record for which nobody waits.</summary>
internal readonly record struct SpoolPending(SpoolKind Kind, Guid Id, long End);
