using System.Text;
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

namespace Domesday.Dialects.DockerUcp;

/// <summary>UCP's own routes: signing in, and the configuration of logging in its two forms.</summary>
/// <remarks>
/// No route looks at the Content-Type: curl calls the JSON of a login a form, and gives a file that it uploads no type at all.
/// </remarks>
internal sealed class DockerUcpEndpoints(DockerUcpRequests requests, SignIn signIn)
{
    private const string Scheme = "ucp_login";
    private const int LoginBytesMax = 16 * 1024;
    private const int ConfigBytesMax = 64 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Answer("POST", "/auth/login", LoginAsync).AllowUnauthenticated();
        routes.Answer("GET", "/api/ucp/config/logging", GetLogging).RequirePermission(Permission.ConfigRead, wholeTenant: true);
        routes.Answer("PUT", "/api/ucp/config/logging", PutLoggingAsync).RequirePermission(Permission.ConfigWrite, wholeTenant: true);
        routes.Answer("GET", "/api/ucp/config-toml", GetToml).RequirePermission(Permission.ConfigRead, wholeTenant: true);
        routes.Answer("PUT", "/api/ucp/config-toml", PutTomlAsync).RequirePermission(Permission.ConfigWrite, wholeTenant: true);
    }

    private async ValueTask<IResult> LoginAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        var read = await RequestBody.ReadAsync(http, LoginBytesMax);
        if (!read.IsOk) return read.Problem.ToResult();
        using var body = read.Value;
        if (Credentials(body.Bytes) is not var (user, password)) return new Problem(ProblemKind.Invalid, "The body must be JSON with username and password.").ToResult();
        var signedIn = await signIn.WithPasswordAsync(Scheme, null, user, password, http.SignInOrigin(), http.RequestAborted);
        return signedIn.IsOk ? Results.Json(new UcpAuthToken(signedIn.Value.Token), DockerUcpJson.Default.UcpAuthToken) : signedIn.Problem.ToResult();
    }

    /// <returns>Null when there are none.</returns>
    private static (string User, string Password)? Credentials(ReadOnlyMemory<byte> body)
    {
        if (TryParse(body) is not { ValueKind: JsonValueKind.Object } json) return null;
        var (user, password) = (Member(json, "username"), Member(json, "password"));
        return user is { Length: > 0 and <= 512 } && password is not null ? (user, password) : null;
    }

    private static string? Member(JsonElement json, string name)
    {
        foreach (var member in json.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind == JsonValueKind.String) return member.Value.GetString();
        }
        return null;
    }

    private ValueTask<IResult> GetLogging(HttpContext http) => ValueTask.FromResult(Results.Bytes(requests.Of(http.Tenant()).ToJson(), "application/json"));

    private async ValueTask<IResult> PutLoggingAsync(HttpContext http)
    {
        var read = await RequestBody.ReadAsync(http, ConfigBytesMax);
        if (!read.IsOk) return read.Problem.ToResult();
        using var body = read.Value;
        if (TryParse(body.Bytes) is not { } json) return new Problem(ProblemKind.Invalid, "The body is not JSON, or has a member twice.").ToResult();
        var changed = await requests.ChangeAsync(http, config => config.WithJson(json), body.Bytes);
        return changed.IsOk ? Results.Bytes(changed.Value.ToJson(), "application/json") : changed.Problem.ToResult();
    }

    private ValueTask<IResult> GetToml(HttpContext http) => ValueTask.FromResult(Results.Text(requests.Of(http.Tenant()).ToToml(), "application/toml", Encoding.UTF8));

    private async ValueTask<IResult> PutTomlAsync(HttpContext http)
    {
        var read = await RequestBody.ReadAsync(http, ConfigBytesMax);
        if (!read.IsOk) return read.Problem.ToResult();
        using var body = read.Value;
        if (!System.Text.Unicode.Utf8.IsValid(body.Bytes.Span)) return new Problem(ProblemKind.Invalid, "The configuration is not UTF-8.").ToResult();
        var text = Encoding.UTF8.GetString(body.Bytes.Span);
        var changed = await requests.ChangeAsync(http, config => config.WithToml(text), body.Bytes);
        return changed.IsOk ? Results.Json(new UcpMessage("UCP configuration updated"), DockerUcpJson.Default.UcpMessage) : changed.Problem.ToResult();
    }

    /// <returns>Null for what is not JSON, or cannot be read in one way only.</returns>
    private static JsonElement? TryParse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return Events.Json.CanonicalJson.Canonicalize(body.Span).Length > 0 ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
