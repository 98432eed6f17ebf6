using System.Globalization;
using Domesday.Events;

namespace Domesday.Client;

/// <summary>Where a tenant's events are forwarded to.</summary>
public sealed class Sinks
{
    private readonly ApiTransport _transport;

    internal Sinks(ApiTransport transport) => _transport = transport;

    /// <summary>All of them, and how they stand.</summary>
    /// <exception cref="ProblemException">The service refused it.</exception>
    public async Task<IReadOnlyList<SinkInfo>> ListAsync(CancellationToken cancellation) => (await _transport.GetAsync("sinks", "", ClientJson.Default.SinkList, cancellation)).Sinks;

    /// <param name="sink">Id or name.</param>
    /// <inheritdoc cref="ListAsync"/>
    public Task<SinkInfo> GetAsync(string sink, CancellationToken cancellation) => _transport.GetAsync(PathOf(sink), "", ClientJson.Default.SinkInfo, cancellation);

    /// <inheritdoc cref="ListAsync"/>
    public Task<SinkInfo> CreateAsync(SinkWish wish, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, "sinks") { Content = () => JsonBody.Of(wish, ClientJson.Default.SinkWish) }, ClientJson.Default.SinkInfo, cancellation);

    /// <param name="wish">Null leaves a member as it is; settings are replaced as a whole, and a masked secret stays what it was.</param>
    /// <inheritdoc cref="GetAsync"/>
    public Task<SinkInfo> ChangeAsync(string sink, SinkWish wish, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Patch, PathOf(sink)) { Content = () => JsonBody.Of(wish, ClientJson.Default.SinkWish) }, ClientJson.Default.SinkInfo, cancellation);

    /// <inheritdoc cref="GetAsync"/>
    public async Task DeleteAsync(string sink, CancellationToken cancellation)
    {
        using var answer = await _transport.SendAsync(new(HttpMethod.Delete, PathOf(sink)), cancellation);
    }

    /// <summary>Holds it where it stands, or lets it go on.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<SinkInfo> SetPausedAsync(string sink, bool paused, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, PathOf(sink) + (paused ? "/pause" : "/resume")), ClientJson.Default.SinkInfo, cancellation);

    /// <summary>Sends one event that says it is a test, and tells what the receiver answered.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<SinkTest> TestAsync(string sink, CancellationToken cancellation) => _transport.AskAsync(new(HttpMethod.Post, PathOf(sink) + "/test"), ClientJson.Default.SinkTest, cancellation);

    /// <summary>Sends events once more.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<SinkReplayAnswer> ReplayAsync(string sink, SinkReplayWish wish, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, PathOf(sink) + "/replay") { Content = () => JsonBody.Of(wish, ClientJson.Default.SinkReplayWish) }, ClientJson.Default.SinkReplayAnswer, cancellation);

    /// <summary>Events that the receiver refused and that are kept, oldest first.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<RefusedEvents> RejectedAsync(string sink, CancellationToken cancellation) => _transport.GetAsync(PathOf(sink) + "/rejected", "", ClientJson.Default.RefusedEvents, cancellation);

    /// <summary>Forgets what the receiver refused.</summary>
    /// <returns>How many events that were.</returns>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<int> DiscardAsync(string sink, CancellationToken cancellation) =>
        (await _transport.AskAsync(new(HttpMethod.Delete, PathOf(sink) + "/rejected"), ClientJson.Default.DiscardAnswer, cancellation)).Discarded;

    private static string PathOf(string sink) => string.Create(CultureInfo.InvariantCulture, $"sinks/{Uri.EscapeDataString(sink)}");
}

/// <param name="Settings">Secrets are masked.</param>
/// <param name="Filter">In the form of a query's parameters; null for all events.</param>
/// <param name="State">running, retrying, paused, held or failed.</param>
/// <param name="Warning">What somebody should see to; null when there is nothing.</param>
/// <param name="Sent">Events handed over, each attempt counted.</param>
/// <param name="RejectedKept">Rejected events that can be replayed.</param>
/// <param name="LagEvents">Events that it wants and was not given yet.</param>
/// <param name="LagSeconds">Since the oldest of them arrived.</param>
public sealed record SinkInfo(
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
    string State,
    string? Warning,
    string? KeptBy,
    long Version,
    long NextSequence,
    long Sent,
    long Accepted,
    long Rejected,
    int RejectedKept,
    long Retried,
    long Replayed,
    long Missed,
    long LagEvents,
    double LagSeconds,
    UnsentEvent? OldestUnsent,
    Timestamp? LastAcceptedAt,
    string? LastError,
    Timestamp? LastErrorAt);

/// <summary>The oldest event that a sink was not given yet.</summary>
public sealed record UnsentEvent(long Sequence, Timestamp? Time, Timestamp? ReceivedAt);

/// <summary>What a sink shall be, or what shall be different about it.</summary>
public sealed record SinkWish
{
    public string? Name { get; init; }

    public string? Type { get; init; }

    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>Empty for all events.</summary>
    public string? Filter { get; init; }

    /// <summary>Empty for all fields.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    public string? Format { get; init; }

    /// <summary>It gets nothing but alerts.</summary>
    public bool? Channel { get; init; }

    public bool? Paused { get; init; }

    /// <summary>Of a new one: now, beginning, or a sequence.</summary>
    public string? Start { get; init; }
}

/// <param name="Answer">What the receiver said.</param>
public sealed record SinkTest(bool Accepted, string Answer);

/// <summary>Which events are sent once more: one of the three.</summary>
public sealed record SinkReplayWish
{
    public long? FromSequence { get; init; }

    public Timestamp? FromTime { get; init; }

    /// <summary>Those that the receiver refused.</summary>
    public bool? Rejected { get; init; }

    /// <summary>Not this one any more.</summary>
    public long? ToSequence { get; init; }

    /// <summary>Only tells how many there are.</summary>
    public bool? DryRun { get; init; }
}

/// <param name="Events">How many are sent again, or would be.</param>
public sealed record SinkReplayAnswer(long Events, long FromSequence, long ToSequence, bool Started);

/// <param name="Kept">How many there are, the ones that are not listed included.</param>
public sealed record RefusedEvents(IReadOnlyList<RefusedEvent> Rejected, int Kept);

public sealed record RefusedEvent(long Sequence, Timestamp At, string Reason);

internal sealed record SinkList(IReadOnlyList<SinkInfo> Sinks);

internal sealed record DiscardAnswer(int Discarded);
