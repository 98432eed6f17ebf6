using Domesday.Events;

namespace Domesday.Client;

/// <summary>Administration of the API keys of a tenant.</summary>
public sealed class Keys
{
    private readonly ApiTransport _transport;

    internal Keys(ApiTransport transport) => _transport = transport;

    /// <exception cref="ProblemException">The service refused it.</exception>
    public async Task<IReadOnlyList<KeyInfo>> ListAsync(CancellationToken cancellation) => (await _transport.GetAsync("keys", "", ClientJson.Default.KeyList, cancellation)).Keys;

    /// <inheritdoc cref="ListAsync"/>
    public Task<KeyInfo> GetAsync(string id, CancellationToken cancellation) => _transport.GetAsync(PathOf(id), "", ClientJson.Default.KeyInfo, cancellation);

    /// <returns>The key with its secret, <see cref="KeyInfo.Key"/>: the only time that it is told.</returns>
    /// <inheritdoc cref="ListAsync"/>
    public Task<KeyInfo> CreateAsync(NewKey key, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, "keys") { Content = () => JsonBody.Of(key, ClientJson.Default.NewKey) }, ClientJson.Default.KeyInfo, cancellation);

    /// <inheritdoc cref="ListAsync"/>
    public async Task RevokeAsync(string id, CancellationToken cancellation)
    {
        using var response = await _transport.SendAsync(new(HttpMethod.Delete, PathOf(id)), cancellation);
    }

    private static string PathOf(string id) => $"keys/{Uri.EscapeDataString(id)}";
}

/// <summary>An API key to be made.</summary>
/// <param name="Rights">read, write, admin, monitor.</param>
public sealed record NewKey(string Name, IReadOnlyList<string> Rights)
{
    /// <summary>Ids of the projects that it is limited to; null: all.</summary>
    public IReadOnlyList<string>? Projects { get; init; }

    /// <summary>Null: never.</summary>
    public Timestamp? ExpiresAt { get; init; }
}

/// <param name="Status">active, revoked or expired.</param>
/// <param name="LastUsedAt">Exact while the service runs; after a crash it may be an hour old.</param>
public sealed record KeyInfo(
    string Id, string Name, string Tenant, IReadOnlyList<string> Rights, IReadOnlyList<string>? Projects, string Status,
    Timestamp CreatedAt, string CreatedBy, Timestamp? ExpiresAt, Timestamp? RevokedAt, Timestamp? LastUsedAt)
{
    /// <summary>The whole key: only in the answer to its creation.</summary>
    public string? Key { get; init; }
}

internal sealed record KeyList(IReadOnlyList<KeyInfo> Keys);
