using Domesday.Events;

namespace Domesday.Client;

/// <summary>Legal holds: what keeps events beyond their retention.</summary>
public sealed class Holds
{
    private readonly ApiTransport _transport;

    internal Holds(ApiTransport transport) => _transport = transport;

    /// <summary>The holds of the tenant, those in force first.</summary>
    /// <param name="released">Those that were released, too.</param>
    /// <exception cref="ProblemException">The service refused it.</exception>
    public async Task<IReadOnlyList<HoldInfo>> ListAsync(bool released, CancellationToken cancellation) =>
        (await _transport.GetAsync("holds", released ? "released=true" : "", ClientJson.Default.HoldList, cancellation)).Holds;

    /// <inheritdoc cref="ListAsync"/>
    public Task<HoldInfo> GetAsync(string id, CancellationToken cancellation) => _transport.GetAsync(PathOf(id), "", ClientJson.Default.HoldInfo, cancellation);

    /// <summary>Places a hold. When it returns, nothing that the hold is about goes any more.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public Task<HoldInfo> PlaceAsync(NewHold hold, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, "holds") { Content = () => JsonBody.Of(hold, ClientJson.Default.NewHold) }, ClientJson.Default.HoldInfo, cancellation);

    /// <summary>Releases a hold; what only this one held goes with the next sweep.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public Task<HoldInfo> ReleaseAsync(string id, string reason, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, PathOf(id) + "/release") { Content = () => JsonBody.Of(new HoldRelease(reason), ClientJson.Default.HoldRelease) }, ClientJson.Default.HoldInfo, cancellation);

    private static string PathOf(string id) => $"holds/{Uri.EscapeDataString(id)}";
}

/// <param name="Case">The reference by which people know the matter.</param>
/// <param name="From">Null: from the beginning.</param>
/// <param name="To">Exclusive; null: without an end.</param>
/// <param name="Filter">In the form of a query's parameters, without times; null for all events.</param>
public sealed record NewHold(string Case, string Reason, Timestamp? From = null, Timestamp? To = null, string? Filter = null);

/// <param name="ReleasedAt">Null while it is in force.</param>
/// <inheritdoc cref="NewHold"/>
public sealed record HoldInfo(
    string Id,
    string Tenant,
    string Case,
    string Reason,
    Timestamp? From,
    Timestamp? To,
    string? Filter,
    Timestamp PlacedAt,
    string PlacedBy,
    Timestamp? ReleasedAt,
    string? ReleasedBy,
    string? ReleaseReason);

internal sealed record HoldRelease(string Reason);

internal sealed record HoldList(IReadOnlyList<HoldInfo> Holds);
