using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Credentials;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Dialects.PlatformPcd;

/// <summary><c>/keystone/v3</c>: which version this is, which clients ask first; <c>/auth/tokens</c> below it: sign in, ask whose a token is.</summary>
/// <remarks>Source: OpenStack Identity API v3, «Show v3 API details» and «Authentication and token management».</remarks>
internal sealed class KeystoneEndpoints(SignIn signIn, CredentialCheck check)
{
    public const string Base = "/keystone/v3";

    private const string Tokens = Base + "/auth/tokens";
    private const string SubjectToken = "X-Subject-Token";
    private const string Scheme = "keystone_token";
    private const int BodyBytesMax = 64 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Answer("GET", Base, Version).AllowUnauthenticated();
        routes.Answer("POST", Tokens, SignInAsync).AllowUnauthenticated();
        routes.Answer("GET", Tokens, ShowAsync).RequireCredential();
    }

    private static ValueTask<IResult> Version(HttpContext http) => ValueTask.FromResult<IResult>(new WrittenJson(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("version"u8);
        json.WriteString("id"u8, "v3.14");
        json.WriteString("status"u8, "stable");
        json.WriteString("updated"u8, "2020-04-07T00:00:00Z");
        json.WriteStartArray("links"u8);
        json.WriteStartObject();
        json.WriteString("rel"u8, "self");
        json.WriteString("href"u8, $"{http.Request.Scheme}://{http.Request.Host}{Base}/");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("media-types"u8);
        json.WriteStartObject();
        json.WriteString("base"u8, "application/json");
        json.WriteString("type"u8, "application/vnd.openstack.identity-v3+json");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }));

    private async ValueTask<IResult> SignInAsync(HttpContext http)
    {
        var read = await RequestBody.ReadAsync(http, BodyBytesMax);
        if (!read.IsOk) return read.Problem.ToResult();
        using var body = read.Value;
        var wish = KeystoneWish.Read(body.Bytes);
        if (!wish.IsOk) return wish.Problem.ToResult();
        var (user, secret, method) = wish.Value;
        var signedIn = method == KeystoneWish.Token
            ? await signIn.WithTokenAsync(Scheme, secret, http.SignInOrigin(), http.RequestAborted)
            : await signIn.WithPasswordAsync(Scheme, null, user, secret, http.SignInOrigin(), http.RequestAborted);
        if (!signedIn.IsOk) return signedIn.Problem.ToResult();
        http.Response.Headers[SubjectToken] = signedIn.Value.Token;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Vary = "X-Auth-Token";
        return new WrittenJson(json => Write(json, signedIn.Value.Principal, method, signedIn.Value.IssuedAt, signedIn.Value.ExpiresAt, signedIn.Value.Session), StatusCodes.Status201Created);
    }

    private async ValueTask<IResult> ShowAsync(HttpContext http)
    {
        if (http.Request.Headers[SubjectToken] is not [{ Length: > 0 } token]) return new Problem(ProblemKind.Invalid, $"The header {SubjectToken} is missing.").ToResult();
        var found = await check.CheckAsync(new PresentedToken("keystone_subject", token), http.Connection.RemoteIpAddress, http.RequestAborted);
        // Somebody else's token is not there, as one that nobody has.
        if (!found.IsOk || found.Value.Tenant != http.Principal().Tenant && !http.Principal().IsSystemAdministrator) return new Problem(ProblemKind.NotFound, "There is no such token.").ToResult();
        http.Response.Headers[SubjectToken] = token;
        http.Response.Headers.Vary = "X-Auth-Token";
        return new WrittenJson(json => Write(json, found.Value, KeystoneWish.Token, null, found.Value.Session?.ExpiresAt, found.Value.Session?.Id));
    }

    private static void Write(Utf8JsonWriter json, Principal principal, string method, DateTimeOffset? issued, DateTimeOffset? expires, string? audit)
    {
        json.WriteStartObject();
        json.WriteStartObject("token"u8);
        json.WriteStartArray("methods"u8);
        json.WriteStringValue(method);
        json.WriteEndArray();
        json.WriteStartObject("user"u8);
        WriteNamed(json, principal.Id, principal.Name);
        WriteDomain(json);
        json.WriteEndObject();
        json.WriteStartArray("audit_ids"u8);
        if (audit is not null) json.WriteStringValue(audit);
        json.WriteEndArray();
        if (expires is { } end) json.WriteString("expires_at"u8, KeystoneTime(end));
        if (issued is { } start) json.WriteString("issued_at"u8, KeystoneTime(start));
        json.WriteStartObject("project"u8);
        WriteNamed(json, principal.Tenant, principal.Tenant);
        WriteDomain(json);
        json.WriteEndObject();
        json.WriteBoolean("is_domain"u8, false);
        json.WriteStartArray("roles"u8);
        json.WriteStartObject();
        var role = principal.May(Permission.AuditExport) && principal.Projects is null ? "admin" : "member";
        WriteNamed(json, role, role);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("catalog"u8);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNamed(Utf8JsonWriter json, string id, string name)
    {
        json.WriteString("id"u8, id);
        json.WriteString("name"u8, name);
    }

    private static void WriteDomain(Utf8JsonWriter json)
    {
        json.WriteStartObject("domain"u8);
        WriteNamed(json, "default", "Default");
        json.WriteEndObject();
    }

    private static string KeystoneTime(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
