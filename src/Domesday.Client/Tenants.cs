using Domesday.Events;

namespace Domesday.Client;

/// <summary>Administration of tenants; making and changing them is for those who run the service.</summary>
public sealed class Tenants
{
    private readonly ApiTransport _transport;

    internal Tenants(ApiTransport transport) => _transport = transport;

    /// <summary>Those that the credential may know of.</summary>
    /// <exception cref="ProblemException">The service refused it.</exception>
    public async Task<IReadOnlyList<TenantInfo>> ListAsync(CancellationToken cancellation) =>
        (await _transport.AskAsync(new(HttpMethod.Get, "tenants") { IsOfTenant = false }, ClientJson.Default.TenantList, cancellation)).Tenants;

    /// <inheritdoc cref="ListAsync"/>
    public Task<TenantInfo> GetAsync(string name, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Get, PathOf(name)) { IsOfTenant = false }, ClientJson.Default.TenantInfo, cancellation);

    /// <param name="name">Lower-case letters, digits and hyphens; cannot be changed later.</param>
    /// <param name="title">What people call it.</param>
    /// <param name="retentionPreset">How long its events are kept: pcd, runai, upcloud or palette; null: as the service is configured.</param>
    /// <inheritdoc cref="ListAsync"/>
    public Task<TenantInfo> CreateAsync(string name, string? title, string? retentionPreset, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, "tenants") { IsOfTenant = false, Content = () => JsonBody.Of(new NewTenant(name, title, retentionPreset), ClientJson.Default.NewTenant) }, ClientJson.Default.TenantInfo, cancellation);

    /// <param name="title">Null: stays as it is.</param>
    /// <param name="disabled">Null: stays as it is. A disabled tenant takes nothing, and can still be read by those who run the service.</param>
    /// <inheritdoc cref="ListAsync"/>
    public Task<TenantInfo> ChangeAsync(string name, string? title, bool? disabled, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Patch, PathOf(name)) { IsOfTenant = false, Content = () => JsonBody.Of(new TenantChange(title, disabled), ClientJson.Default.TenantChange) }, ClientJson.Default.TenantInfo, cancellation);

    private static string PathOf(string name) => $"tenants/{Uri.EscapeDataString(name)}";
}

/// <param name="DisabledAt">Null: it is not.</param>
/// <param name="Events">How many events its ledger has ever had.</param>
public sealed record TenantInfo(string Name, string? Title, Timestamp CreatedAt, Timestamp? DisabledAt, long Events);

internal sealed record TenantList(IReadOnlyList<TenantInfo> Tenants);

internal sealed record NewTenant(string Name, string? Title, string? RetentionPreset);

internal sealed record TenantChange(string? Title, bool? Disabled);
