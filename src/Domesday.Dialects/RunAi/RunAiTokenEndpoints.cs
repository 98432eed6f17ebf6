using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Domesday.Core.Credentials;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace Domesday.Dialects.RunAi;

/// <summary>The three ways to a bearer token. Each takes JSON and forms, whatever the header says, and names without regard to case: the vendor's client sends <c>AppId</c>.</summary>
internal sealed class RunAiTokenEndpoints(SignIn signIn)
{
    private const int BodyBytesMax = 16 * 1024;
    private const string Scheme = "runai_token";

    /// <summary>What runapy and OAuth clients send; the others of OAuth lead people through a browser.</summary>
    private static readonly string[] GrantTypes = ["client_credentials", "app_token", "password"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Answer("POST", "/api/v1/token", TokenAsync).AllowUnauthenticated();
        routes.Answer("POST", "/api/v2/token", OAuthTokenAsync).AllowUnauthenticated();
        routes.Answer("POST", "/v1/k8s/auth/oauth/apptoken", AppTokenAsync).AllowUnauthenticated();
    }

    private async ValueTask<IResult> TokenAsync(HttpContext http)
    {
        var signedIn = await SignInAsync(http, ["clientID", "appID", "username"], ["clientSecret", "appSecret", "password"]);
        return signedIn.IsOk ? Answer(http, signedIn.Value, (json, token, seconds) =>
        {
            json.WriteString("accessToken"u8, token);
            json.WriteString("idToken"u8, "");
            json.WriteString("refreshToken"u8, "");
            json.WriteNumber("expiresIn"u8, seconds);
        }) : signedIn.Problem.ToResult();
    }

    private async ValueTask<IResult> OAuthTokenAsync(HttpContext http)
    {
        var signedIn = await SignInAsync(http, ["client_id", "username"], ["client_secret", "password"], isOAuth: true);
        return signedIn.IsOk ? Answer(http, signedIn.Value, (json, token, seconds) =>
        {
            json.WriteString("access_token"u8, token);
            json.WriteString("token_type"u8, "Bearer");
            json.WriteNumber("expires_in"u8, seconds);
        }) : signedIn.Problem.ToResult();
    }

    private async ValueTask<IResult> AppTokenAsync(HttpContext http)
    {
        var signedIn = await SignInAsync(http, ["id", "name"], ["secret"]);
        return signedIn.IsOk ? Answer(http, signedIn.Value, (json, token, _) =>
        {
            json.WriteString("access_token"u8, token);
            json.WriteString("id_token"u8, "");
        }) : signedIn.Problem.ToResult();
    }

    private static WrittenJson Answer(HttpContext http, SignedIn signedIn, Action<Utf8JsonWriter, string, long> write)
    {
        http.Response.Headers.CacheControl = "no-store";
        return new WrittenJson(json =>
        {
            json.WriteStartObject();
            write(json, signedIn.Token, (long)(signedIn.ExpiresAt - signedIn.IssuedAt).TotalSeconds);
            json.WriteEndObject();
        });
    }

    /// <param name="ids">Names of the member that says who signs in; the first that is there counts.</param>
    /// <param name="isOAuth">The grant must be one that there is, and the client may name itself in the header.</param>
    /// <remarks>Source: RFC 6749 §2.3.1, §4.4.2 and §5.2.</remarks>
    private async ValueTask<Result<SignedIn>> SignInAsync(HttpContext http, string[] ids, string[] secrets, bool isOAuth = false)
    {
        var read = await MembersAsync(http);
        if (!read.IsOk) return read.Problem;
        var members = read.Value;
        if (isOAuth && members.GetValueOrDefault("grant_type") is { Length: > 0 } grant && !GrantTypes.Contains(grant)) return new Problem(ProblemKind.Invalid, RunAiErrors.UnsupportedGrant, "grant_type");
        if (isOAuth && BasicClient(http) is var (client, password)) (members[ids[0]], members[secrets[0]]) = (client, password);
        if (Find(ids) is not { } id || Find(secrets) is not { } secret) return new Problem(ProblemKind.Invalid, RunAiErrors.MissingParameter);
        // Takes users as well as applications: whoever has a credential may sign in by any vendor's way.
        return await signIn.WithPasswordAsync(Scheme, null, id, secret, http.SignInOrigin(), http.RequestAborted);

        string? Find(string[] names) => names.Select(name => members.GetValueOrDefault(name)).FirstOrDefault(value => !string.IsNullOrEmpty(value));
    }

    /// <returns>Id and secret of the header <c>Authorization: Basic</c>, both as a form writes them; null without.</returns>
    private static (string Id, string Secret)? BasicClient(HttpContext http)
    {
        if (!AuthenticationHeaderValue.TryParse(http.Request.Headers.Authorization.ToString(), out var header) || !header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) return null;
        var bytes = new byte[header.Parameter?.Length ?? 0];
        if (!Convert.TryFromBase64String(header.Parameter ?? "", bytes, out var length) || Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is not [var id, var secret]) return null;
        return (WebUtility.UrlDecode(id), WebUtility.UrlDecode(secret));
    }

    private static async ValueTask<Result<Dictionary<string, string>>> MembersAsync(HttpContext http)
    {
        var read = await RequestBody.ReadAsync(http, BodyBytesMax);
        if (!read.IsOk) return read.Problem;
        using var body = read.Value;
        var bytes = body.Bytes.Span;
        var first = bytes.IndexOfAnyExcept(" \t\r\n"u8);
        var members = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (first < 0 || bytes[first] != '{')
        {
            foreach (var (name, values) in QueryHelpers.ParseQuery(Encoding.UTF8.GetString(bytes))) members[name] = values.ToString();
            return members;
        }
        try
        {
            using var document = JsonDocument.Parse(body.Bytes);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.String) members[member.Name] = member.Value.GetString()!;
            }
            return members;
        }
        catch (JsonException)
        {
            return new Problem(ProblemKind.Invalid, "The body is not valid JSON.");
        }
    }
}
