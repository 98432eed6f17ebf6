namespace Domesday.Ingest.Cadf;

/// <summary>Messages on their way into a batch: the first half of an act waits a while for the second, unacknowledged, so that RabbitMQ keeps it meanwhile.</summary>
internal sealed class HeldRequests(TimeProvider time, TimeSpan waitMax, int messagesMax)
{
    private readonly Dictionary<string, (ulong Tag, ReadOnlyMemory<byte> Body, DateTimeOffset Until)> _held = new(StringComparer.Ordinal);
    private readonly List<ReadyMessage> _ready = [];

    public int Count => _held.Count + _ready.Count;

    /// <summary>When the first that waits has waited long enough; null when none waits.</summary>
    public DateTimeOffset? Due => _held.Count == 0 ? null : _held.Values.Min(held => held.Until);

    public void Add(ulong tag, ReadOnlyMemory<byte> body)
    {
        var half = CadfPairs.HalfOf(body);
        if (half is { IsRequest: true } request && _held.Count < messagesMax)
        {
            // The same half again is a repetition: the first one goes on its own.
            if (_held.Remove(request.ActId, out var earlier)) _ready.Add(new(earlier.Body, [earlier.Tag]));
            _held[request.ActId] = (tag, body, time.GetUtcNow() + waitMax);
        }
        else if (half is { IsRequest: false } response && _held.Remove(response.ActId, out var first))
        {
            _ready.Add(new(CadfPairs.Join(first.Body, body), [first.Tag, tag]));
        }
        else
        {
            _ready.Add(new(body, [tag]));
        }
    }

    /// <summary>Takes what need not wait any more.</summary>
    public IReadOnlyList<ReadyMessage> Take()
    {
        var now = time.GetUtcNow();
        foreach (var (id, held) in _held.Where(held => held.Value.Until <= now).ToList())
        {
            _held.Remove(id);
            _ready.Add(new(held.Body, [held.Tag]));
        }
        var taken = _ready.ToList();
        _ready.Clear();
        return taken;
    }
}

/// <summary>A message, or the two of one act.</summary>
/// <param name="Tags">To be acknowledged when it is on disk.</param>
internal sealed record ReadyMessage(ReadOnlyMemory<byte> Body, IReadOnlyList<ulong> Tags);
