using System.Text.Json.Serialization;
using Domesday.Core.Tokens;
using Domesday.Http.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Operations;

/// <summary><c>/.well-known/jwks.json</c>: the public keys of our tokens, so that others can check them.</summary>
/// <remarks>Source: RFC 7517 §5.</remarks>
internal static class TokenKeysEndpoint
{
    public static void MapTokenKeys(this IEndpointRouteBuilder routes) => routes.MapGet("/.well-known/jwks.json", (TokenIssuer tokens) =>
        TypedResults.Json(new JwksBody([.. tokens.Keys.Select(key => new JwkBody("EC", "P-256", key.X, key.Y, key.Id, "ES256", "sig"))]), JwksJson.Default.JwksBody)).AllowUnauthenticated();
}

internal sealed record JwksBody(IReadOnlyList<JwkBody> Keys);

internal sealed record JwkBody(string Kty, string Crv, string X, string Y, string Kid, string Alg, string Use);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(JwksBody))]
internal sealed partial class JwksJson : JsonSerializerContext;
