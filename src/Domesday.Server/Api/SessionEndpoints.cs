using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Credentials;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Signing in for a token, and ending the session that it stands for.</summary>
internal static class SessionEndpoints
{
    private const string Scheme = "sign_in";
    private const int NameCharsMax = 512;

    public static void MapSessions(this IEndpointRouteBuilder api)
    {
        api.MapPost("/sign-in", SignInAsync).AllowUnauthenticated();
        api.MapPost("/sign-out", SignOutAsync).RequireCredential().AllowViewers();
    }

    private static async Task<IResult> SignInAsync(HttpContext http, SignIn signIn, TimeProvider time)
    {
        http.Response.Headers.CacheControl = "no-store";
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var (user, password) = (body.Value.Text("user", NameCharsMax), body.Value.Text("password", PasswordHash.PasswordBytesMax));
        var (client, secret) = (body.Value.Text("client_id", NameCharsMax), body.Value.Text("client_secret", PasswordHash.PasswordBytesMax));
        var tenant = body.Value.Text("tenant", NameCharsMax);
        if (body.Value.Problem() is { } wrong) return wrong.ToResult();
        var signedIn = (user, password, client, secret) switch
        {
            ({ } name, { } word, null, null) => await signIn.WithPasswordAsync(Scheme, tenant, name, word, http.SignInOrigin(), http.RequestAborted),
            (null, null, { } id, { } word) => await signIn.WithApplicationAsync(Scheme, id, word, http.SignInOrigin(), http.RequestAborted),
            _ => new Problem(ProblemKind.Invalid, "The body must have user and password, or client_id and client_secret."),
        };
        return signedIn.IsOk ? TypedResults.Json(SessionBody.From(signedIn.Value, time.GetUtcNow()), SessionJson.Default.SessionBody) : signedIn.Problem.ToResult();
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, SignIn signIn)
    {
        var problem = await signIn.OutAsync(http.Principal(), http.Author(), http.RequestAborted);
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }
}

/// <summary>What signing in gives.</summary>
/// <param name="ExpiresIn">Seconds from now.</param>
internal sealed record SessionBody(string Token, string TokenType, long ExpiresIn, Timestamp ExpiresAt, string Session, string Tenant, string Id, string Name)
{
    public static SessionBody From(SignedIn signedIn, DateTimeOffset now) => new(
        signedIn.Token, "Bearer", (long)(signedIn.ExpiresAt - now).TotalSeconds, Timestamp.FromDateTimeOffset(signedIn.ExpiresAt), signedIn.Session,
        signedIn.Principal.Tenant, signedIn.Principal.Id, signedIn.Principal.Name);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SessionBody))]
internal sealed partial class SessionJson : JsonSerializerContext;
