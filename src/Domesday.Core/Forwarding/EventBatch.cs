using Domesday.Core.Access;
using Domesday.Core.Export;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Schema;

namespace Domesday.Core.Forwarding;

/// <summary>Events that are ready to be handed over, and how far the ledger was looked through for them.</summary>
/// <param name="End">The first sequence that was not looked at.</param>
/// <param name="TooLarge">Those that the receiver would never take.</param>
internal sealed record EventBatch(IReadOnlyList<SinkEvent> Events, long End, IReadOnlyList<DeadLetter> TooLarge, bool IsFull);

/// <summary>Reads a sink's next batch out of the ledger: as many events as the receiver takes at once, and no more in memory.</summary>
internal sealed class BatchReader(IEventReader reader, SinkDefinition sink, EventFilter filter, ISink receiver, TimeProvider time)
{
    /// <summary>Label of an alert that names the sinks it goes to.</summary>
    public const string ChannelsLabel = "channels";

    private readonly EntryFields _fields = new();
    private readonly RecordJson _json = new();
    private readonly AccessScope _scope = AccessScope.WholeTenant(sink.Tenant);
    private readonly int _eventsMax = Math.Min(receiver.Limits.EventsMax, sink.BatchEvents ?? int.MaxValue);

    /// <param name="wanted">The only sequences that count; null for all.</param>
    /// <exception cref="CorruptLedgerException">Stored bytes do not agree with their checksum.</exception>
    public async ValueTask<EventBatch> ReadAsync(long from, long to, IReadOnlySet<long>? wanted, CancellationToken cancellation)
    {
        var limits = receiver.Limits;
        var events = new List<SinkEvent>();
        var tooLarge = new List<DeadLetter>();
        var (bytes, end) = (0L, to);
        var range = filter with { FromSequence = Math.Max(from, filter.FromSequence ?? 0), ToSequence = Math.Min(to, filter.ToSequence ?? long.MaxValue) };
        if (range.FromSequence >= range.ToSequence) return new([], to, [], false);
        await foreach (var entries in reader.ReadAsync(_scope, range, EventOrder.Sequence, descending: false, cancellation))
        {
            foreach (var entry in entries)
            {
                if (wanted?.Contains(entry.Sequence) == false) continue;
                _fields.Read(entry);
                if (!IsForIt()) continue;
                var next = Write();
                var size = next.Payload.Length + limits.OverheadBytes;
                if (next.Payload.Length > limits.EventBytesMax || size > limits.BytesMax)
                {
                    tooLarge.Add(new(next.Sequence, Events.Timestamp.FromDateTimeOffset(time.GetUtcNow()), $"It has {next.Payload.Length} bytes, more than the receiver takes."));
                    continue;
                }
                if (events.Count == _eventsMax || bytes + size > limits.BytesMax) return new(events, entry.Sequence, tooLarge, true);
                events.Add(next);
                bytes += size;
            }
        }
        return new(events, end, tooLarge, events.Count == _eventsMax);
    }

    private SinkEvent Write()
    {
        _json.Clear();
        receiver.Write(_fields, _json);
        return new(_fields.Sequence, _fields.Text(EventField.Id) ?? "", _fields.Time, _json.Written.ToArray());
    }

    private bool IsForIt() => !sink.IsChannel || _fields.Label(ChannelsLabel) is { } channels && channels.Split(' ').Contains(sink.Id);
}
