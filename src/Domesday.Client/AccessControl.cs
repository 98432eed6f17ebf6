using System.Text.Json.Serialization.Metadata;

namespace Domesday.Client;

/// <summary>Who may do what in a tenant: users, applications, roles, grants and client certificates. Refusals are <see cref="ProblemException"/>.</summary>
public sealed class AccessControl
{
    private readonly ApiTransport _transport;

    internal AccessControl(ApiTransport transport) => _transport = transport;

    public async Task<IReadOnlyList<UserInfo>> UsersAsync(CancellationToken cancellation) => (await _transport.GetAsync("users", "", ClientJson.Default.UserList, cancellation)).Users;

    /// <param name="user">Id or name.</param>
    public Task<UserInfo> UserAsync(string user, CancellationToken cancellation) => _transport.GetAsync(PathOf("users", user), "", ClientJson.Default.UserInfo, cancellation);

    public Task<UserInfo> CreateUserAsync(NewUser user, CancellationToken cancellation) => SendAsync(HttpMethod.Post, "users", user, ClientJson.Default.NewUser, ClientJson.Default.UserInfo, cancellation);

    /// <param name="user">Id or name.</param>
    public Task<UserInfo> ChangeUserAsync(string user, UserChange change, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Patch, PathOf("users", user), change, ClientJson.Default.UserChange, ClientJson.Default.UserInfo, cancellation);

    /// <summary>Refuses every token that the user has now.</summary>
    /// <param name="user">Id or name.</param>
    public Task SignOutUserAsync(string user, CancellationToken cancellation) => DoAsync(HttpMethod.Post, PathOf("users", user) + "/sign-out", cancellation);

    /// <param name="user">Id or name.</param>
    public Task DeleteUserAsync(string user, CancellationToken cancellation) => DoAsync(HttpMethod.Delete, PathOf("users", user), cancellation);

    public async Task<IReadOnlyList<ApplicationInfo>> ApplicationsAsync(CancellationToken cancellation) =>
        (await _transport.GetAsync("applications", "", ClientJson.Default.ApplicationList, cancellation)).Applications;

    /// <returns>The application with its secret: the only time that it is told.</returns>
    public Task<ApplicationInfo> CreateApplicationAsync(NewApplication application, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "applications", application, ClientJson.Default.NewApplication, ClientJson.Default.ApplicationInfo, cancellation);

    /// <returns>The application with another secret; the old one is refused from now on.</returns>
    public Task<ApplicationInfo> ReplaceSecretAsync(string clientId, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, PathOf("applications", clientId) + "/secret"), ClientJson.Default.ApplicationInfo, cancellation);

    public Task DeleteApplicationAsync(string clientId, CancellationToken cancellation) => DoAsync(HttpMethod.Delete, PathOf("applications", clientId), cancellation);

    /// <summary>The built-in roles, then the tenant's own.</summary>
    public async Task<IReadOnlyList<RoleInfo>> RolesAsync(CancellationToken cancellation) => (await _transport.GetAsync("roles", "", ClientJson.Default.RoleList, cancellation)).Roles;

    public Task<RoleInfo> CreateRoleAsync(NewRole role, CancellationToken cancellation) => SendAsync(HttpMethod.Post, "roles", role, ClientJson.Default.NewRole, ClientJson.Default.RoleInfo, cancellation);

    public Task DeleteRoleAsync(string name, CancellationToken cancellation) => DoAsync(HttpMethod.Delete, PathOf("roles", name), cancellation);

    public async Task<IReadOnlyList<GrantInfo>> GrantsAsync(CancellationToken cancellation) => (await _transport.GetAsync("grants", "", ClientJson.Default.GrantList, cancellation)).Grants;

    public Task<GrantInfo> CreateGrantAsync(NewGrant grant, CancellationToken cancellation) => SendAsync(HttpMethod.Post, "grants", grant, ClientJson.Default.NewGrant, ClientJson.Default.GrantInfo, cancellation);

    public Task DeleteGrantAsync(string id, CancellationToken cancellation) => DoAsync(HttpMethod.Delete, PathOf("grants", id), cancellation);

    public async Task<IReadOnlyList<CertificateInfo>> CertificatesAsync(CancellationToken cancellation) =>
        (await _transport.GetAsync("certificates", "", ClientJson.Default.CertificateList, cancellation)).Certificates;

    /// <param name="user">Id or name.</param>
    /// <param name="days">How long it is valid; null for a year.</param>
    /// <returns>The certificate with its private key: the only time that it is told.</returns>
    public Task<CertificateInfo> CreateCertificateAsync(string user, int? days, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "certificates", new NewCertificate(user, days), ClientJson.Default.NewCertificate, ClientJson.Default.CertificateInfo, cancellation);

    public Task RevokeCertificateAsync(string serial, CancellationToken cancellation) => DoAsync(HttpMethod.Delete, PathOf("certificates", serial), cancellation);

    /// <summary>Viewers' tokens that are valid still, the newest first, without the tokens themselves.</summary>
    public async Task<IReadOnlyList<ViewerTokenInfo>> ViewerTokensAsync(CancellationToken cancellation) =>
        (await _transport.GetAsync("viewer-tokens", "", ClientJson.Default.ViewerTokenList, cancellation)).Tokens;

    public Task RevokeViewerTokenAsync(string id, CancellationToken cancellation) => DoAsync(HttpMethod.Delete, PathOf("viewer-tokens", id), cancellation);

    private Task<TAnswer> SendAsync<TBody, TAnswer>(HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellation) =>
        _transport.AskAsync(new(method, path) { Content = () => JsonBody.Of(body, bodyType) }, answerType, cancellation);

    private async Task DoAsync(HttpMethod method, string path, CancellationToken cancellation)
    {
        using var response = await _transport.SendAsync(new(method, path), cancellation);
    }

    private static string PathOf(string group, string id) => $"{group}/{Uri.EscapeDataString(id)}";
}
