using Domesday.Events;

namespace Domesday.Client;

/// <summary>Rules that tell people when something happens. What they raised are events: <c>operation=alert.fired</c>.</summary>
public sealed class Alerts
{
    private readonly ApiTransport _transport;

    internal Alerts(ApiTransport transport) => _transport = transport;

    /// <summary>All rules of the tenant, oldest first.</summary>
    /// <exception cref="ProblemException">The service refused it.</exception>
    public async Task<IReadOnlyList<AlertInfo>> ListAsync(CancellationToken cancellation) => (await _transport.GetAsync("alerts", "", ClientJson.Default.AlertList, cancellation)).Alerts;

    /// <summary>Rules that can be made by name.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public async Task<IReadOnlyList<StockAlertInfo>> StockAsync(CancellationToken cancellation) => (await _transport.GetAsync("alerts/stock", "", ClientJson.Default.StockAlertList, cancellation)).Stock;

    /// <param name="alert">Id or name.</param>
    /// <inheritdoc cref="ListAsync"/>
    public Task<AlertInfo> GetAsync(string alert, CancellationToken cancellation) => _transport.GetAsync(PathOf(alert), "", ClientJson.Default.AlertInfo, cancellation);

    /// <inheritdoc cref="ListAsync"/>
    public Task<AlertInfo> CreateAsync(AlertWish wish, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, "alerts") { Content = () => JsonBody.Of(wish, ClientJson.Default.AlertWish) }, ClientJson.Default.AlertInfo, cancellation);

    /// <param name="wish">Null leaves a member as it is.</param>
    /// <inheritdoc cref="GetAsync"/>
    public Task<AlertInfo> ChangeAsync(string alert, AlertWish wish, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Patch, PathOf(alert)) { Content = () => JsonBody.Of(wish, ClientJson.Default.AlertWish) }, ClientJson.Default.AlertInfo, cancellation);

    /// <summary>Lets it raise nothing for a while.</summary>
    /// <param name="seconds">From now on, up to 30 days; 0 ends it.</param>
    /// <inheritdoc cref="GetAsync"/>
    public Task<AlertInfo> MuteAsync(string alert, int seconds, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, PathOf(alert) + "/mute") { Content = () => JsonBody.Of(new AlertMute(seconds), ClientJson.Default.AlertMute) }, ClientJson.Default.AlertInfo, cancellation);

    /// <summary>Raises an alert that says it is a test.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task TestAsync(string alert, CancellationToken cancellation)
    {
        using var answer = await _transport.SendAsync(new(HttpMethod.Post, PathOf(alert) + "/test"), cancellation);
    }

    /// <inheritdoc cref="GetAsync"/>
    public async Task DeleteAsync(string alert, CancellationToken cancellation)
    {
        using var answer = await _transport.SendAsync(new(HttpMethod.Delete, PathOf(alert)), cancellation);
    }

    private static string PathOf(string alert) => $"alerts/{Uri.EscapeDataString(alert)}";
}

/// <param name="Filter">In the form of a query's parameters; null for all events.</param>
/// <param name="Condition">each, count, first_seen or absence.</param>
/// <param name="Channels">Ids of sinks.</param>
/// <param name="Fired">Alerts that it has raised.</param>
public sealed record AlertInfo(
    string Id,
    string Tenant,
    string Name,
    string? Filter,
    string Condition,
    int Count,
    int WindowSeconds,
    IReadOnlyList<string> GroupBy,
    int CooldownSeconds,
    string Severity,
    IReadOnlyList<string> Channels,
    Timestamp? MutedUntil,
    bool Disabled,
    long Version,
    Timestamp CreatedAt,
    Timestamp UpdatedAt,
    long Fired,
    Timestamp? LastFiredAt);

/// <summary>What an alert shall be, or what shall be different about it.</summary>
public sealed record AlertWish
{
    /// <summary>Of a new one: a stock rule that it is made from; the other members go before its own.</summary>
    public string? Stock { get; init; }

    public string? Name { get; init; }

    /// <summary>Empty for all events.</summary>
    public string? Filter { get; init; }

    public string? Condition { get; init; }

    public int? Count { get; init; }

    public int? WindowSeconds { get; init; }

    public IReadOnlyList<string>? GroupBy { get; init; }

    public int? CooldownSeconds { get; init; }

    public string? Severity { get; init; }

    /// <summary>Ids or names of sinks.</summary>
    public IReadOnlyList<string>? Channels { get; init; }

    public bool? Disabled { get; init; }
}

/// <param name="Name">What it is made by.</param>
/// <param name="Title">What people call it.</param>
public sealed record StockAlertInfo(string Name, string Title, string Filter, string Condition, string Severity, int Count, int WindowSeconds, IReadOnlyList<string> GroupBy);

internal sealed record AlertList(IReadOnlyList<AlertInfo> Alerts);

internal sealed record StockAlertList(IReadOnlyList<StockAlertInfo> Stock);

internal sealed record AlertMute(int Seconds);
