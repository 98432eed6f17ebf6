using Domesday.Core.Export;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Schema;

namespace Domesday.Core.Forwarding;

/// <summary>How a sink stands.</summary>
/// <param name="State">One of <see cref="SinkStates"/>.</param>
/// <param name="Problem">Why it cannot run; null when it can.</param>
/// <param name="RejectedKept">Rejected events that can be replayed.</param>
/// <param name="Behind">Events of the ledger that it has not looked at yet, wanted or not.</param>
/// <param name="Waiting">When the oldest event that waits for the receiver happened; null when none does.</param>
/// <param name="AgeMax">How old an event may become before the receiver refuses it; null: it takes any.</param>
public sealed record SinkStanding(SinkDefinition Sink, string State, string? Problem, SinkCursor Cursor, int RejectedKept, long Behind, Timestamp? Waiting, TimeSpan? AgeMax)
{
    private const double WarnShare = 0.75;

    /// <summary>Since when the receiver has taken nothing that it was given; null when it takes events, and where another node knows.</summary>
    public Timestamp? FailingSince { get; init; }

    /// <summary>What somebody should see to; null when there is nothing.</summary>
    public string? Warning => this switch
    {
        { Problem: { } problem } => problem,
        { State: SinkStates.Held } => "Too many rejected events are kept: replay or discard them; until then nothing is forwarded.",
        { Cursor.Missed: > 0 } => "Retention dropped events before they were forwarded: see missed.",
        { RejectedKept: > 0 } => "The receiver rejected events; they are kept, and can be replayed.",
        _ => null,
    };

    /// <summary>Whether the receiver will soon refuse what waits, because it is too old.</summary>
    public bool IsNearAgeMax(DateTimeOffset now) => AgeMax is { } max && Waiting is { } waiting && now - waiting.ToDateTimeOffset() >= max * WarnShare;
}

/// <summary>What a sink was not given yet.</summary>
/// <param name="Seconds">Since the oldest of them arrived here.</param>
public sealed record SinkLag(long Events, double Seconds, long? OldestSequence, Timestamp? OldestTime, Timestamp? OldestReceivedAt)
{
    public static SinkLag None { get; } = new(0, 0, null, null, null);
}

/// <param name="IsAccepted">Whether the receiver took the event.</param>
/// <param name="Text">What it said.</param>
public sealed record SinkAnswer(bool IsAccepted, string Text);

/// <summary>An event that is in no ledger.</summary>
internal static class TestEntry
{
    public static SinkEvent Write(ISink receiver, string tenant, byte[] bytes)
    {
        var canonical = Events.Json.CanonicalJson.Canonicalize(bytes);
        var (fields, json) = (new EntryFields(), new RecordJson());
        fields.Read(new StoredEntry(tenant, 0, canonical));
        receiver.Write(fields, json);
        return new(0, fields.Text(EventField.Id) ?? "", fields.Time, json.Written.ToArray());
    }
}
