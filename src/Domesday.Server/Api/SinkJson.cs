using System.Text.Json.Serialization;
using Domesday.Core.Control;
using Domesday.Core.Forwarding;
using Domesday.Events;

namespace Domesday.Server.Api;

internal sealed record SinkListBody(IReadOnlyList<SinkBody> Sinks);

/// <param name="Settings">Secrets are masked.</param>
/// <param name="KeptBy">Whose routes change it; null: these.</param>
/// <param name="State">running, retrying, paused, held or failed.</param>
/// <param name="RejectedKept">Rejected events that can be replayed or discarded.</param>
/// <param name="NextSequence">The first event of the ledger that it has not looked at.</param>
/// <param name="LagEvents">Events that its filter wants and that it was not given yet.</param>
/// <param name="LagSeconds">Since the oldest of them arrived.</param>
/// <param name="Warning">What somebody should see to; null when there is nothing.</param>
internal sealed record SinkBody(
    string Id,
    string Tenant,
    string Name,
    string Type,
    IReadOnlyDictionary<string, string> Settings,
    string? Filter,
    IReadOnlyList<string>? Fields,
    string? Format,
    bool Channel,
    bool Paused,
    int? BatchEvents,
    int? BatchMilliseconds,
    long? StartSequence,
    string? KeptBy,
    long Version,
    Timestamp? CreatedAt,
    Timestamp? UpdatedAt,
    string State,
    string? Warning,
    long NextSequence,
    long Sent,
    long Accepted,
    long Rejected,
    int RejectedKept,
    long Retried,
    long Replayed,
    long Missed,
    long LagEvents,
    long LagSeconds,
    UnsentBody? OldestUnsent,
    ReplayBody? Replay,
    Timestamp? LastAcceptedAt,
    string? LastError,
    Timestamp? LastErrorAt)
{
    public static SinkBody From(SinkDefinition sink, SinkRecord? record, SinkStanding? standing, SinkLag lag)
    {
        var cursor = standing?.Cursor ?? new SinkCursor { Next = sink.StartSequence ?? 0 };
        var settings = new SortedDictionary<string, string>(sink.Settings.ToDictionary(), StringComparer.Ordinal);
        foreach (var name in sink.Secrets.Keys) settings[name] = SinkDirectory.Mask;
        return new(
            sink.Id, sink.Tenant, sink.Name, sink.Type, settings, sink.Filter, sink.Fields, sink.Format, sink.IsChannel, sink.IsPaused, sink.BatchEvents, sink.BatchMilliseconds,
            sink.StartSequence, sink.KeptBy, sink.Version, record?.CreatedAt, record?.UpdatedAt, StateOf(sink, standing), standing?.Warning,
            cursor.Next, cursor.Sent, cursor.Accepted, cursor.Rejected, standing?.RejectedKept ?? 0, cursor.Retried, cursor.Replayed, cursor.Missed, lag.Events, (long)lag.Seconds,
            lag.OldestSequence is { } oldest ? new(oldest, lag.OldestTime, lag.OldestReceivedAt) : null,
            cursor.Replay is { } replay ? new(replay.Next, replay.To, replay.RejectedOnly) : null, cursor.LastAcceptedAt, cursor.LastError, cursor.LastErrorAt);
    }

    /// <summary>While a change is being taken up, what was asked for: who pauses a sink is told that it is paused.</summary>
    private static string StateOf(SinkDefinition sink, SinkStanding? standing) =>
        standing is not null && standing.Sink.Version == sink.Version ? standing.State : sink.IsPaused ? SinkStates.Paused : SinkStates.Running;
}

internal sealed record UnsentBody(long Sequence, Timestamp? Time, Timestamp? ReceivedAt);

internal sealed record ReplayBody(long NextSequence, long ToSequence, bool RejectedOnly);

/// <param name="Accepted">Whether the receiver took the event.</param>
/// <param name="Answer">What it said.</param>
internal sealed record SinkTestBody(bool Accepted, string Answer);

/// <param name="Events">How many events are sent again, or would be.</param>
/// <param name="Started">False when it was only asked.</param>
internal sealed record SinkReplayBody(long Events, long FromSequence, long ToSequence, bool Started);

internal sealed record RejectedListBody(IReadOnlyList<DeadLetter> Rejected, int Kept);

internal sealed record DiscardedBody(int Discarded);

/// <param name="Secrets">Settings that are kept encrypted and shown masked.</param>
/// <param name="Operators">Only those who run the service may make one.</param>
/// <param name="Settings">In the order of a form.</param>
internal sealed record SinkTypeBody(string Name, string Title, IReadOnlyList<string> Secrets, string FormatDefault, bool Operators, IReadOnlyList<SinkSettingBody> Settings);

/// <param name="Kind">text, lines, number, flag or choice.</param>
/// <param name="Required">Whether it must be there when nothing else is said.</param>
/// <param name="Default">What holds without it.</param>
internal sealed record SinkSettingBody(string Name, string Title, string? Hint, string Kind, bool Required, bool Secret, string? Default, long? Min, long? Max, IReadOnlyList<string>? Choices)
{
    public static SinkSettingBody From(SettingForm form) => new(
        form.Name, form.Title, form.Hint, form.Kind switch { SettingKind.Lines => "lines", SettingKind.Number => "number", SettingKind.Flag => "flag", SettingKind.Choice => "choice", _ => "text" },
        form.IsRequired, form.IsSecret, form.Absent, form.Min, form.Max, form.Choices.Count == 0 ? null : form.Choices);
}

internal sealed record SinkTypesBody(IReadOnlyList<SinkTypeBody> Types, IReadOnlyList<string> Formats);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SinkListBody))]
[JsonSerializable(typeof(SinkTestBody))]
[JsonSerializable(typeof(SinkReplayBody))]
[JsonSerializable(typeof(RejectedListBody))]
[JsonSerializable(typeof(DiscardedBody))]
[JsonSerializable(typeof(SinkTypesBody))]
internal sealed partial class SinkJson : JsonSerializerContext;
