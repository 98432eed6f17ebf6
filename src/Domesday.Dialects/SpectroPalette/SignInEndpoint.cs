using System.Text.Json;
using Domesday.Core.Credentials;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Dialects.SpectroPalette;

/// <summary><c>POST /v1/auth/authenticate</c>: a token for the header <c>Authorization</c>, bare or behind <c>Bearer</c>.</summary>
internal sealed class SignInEndpoint(SignIn signIn)
{
    private const int BodyBytesMax = 16 * 1024;

    public void Map(IEndpointRouteBuilder routes) => routes.Answer("POST", "/v1/auth/authenticate", AuthenticateAsync).AllowUnauthenticated();

    private async ValueTask<IResult> AuthenticateAsync(HttpContext http)
    {
        var read = await PaletteBody.ReadAsync(http, BodyBytesMax, SpectroPaletteJson.Default.PaletteSignIn);
        if (!read.IsOk) return read.Problem.ToResult();
        if (read.Value is not { EmailId: { Length: > 0 } name, Password: { Length: > 0 } password })
            return new Problem(ProblemKind.Invalid, "emailId and password are required.").ToResult();
        var org = read.Value.Org is { Length: > 0 } named && !named.Equals("default", StringComparison.OrdinalIgnoreCase) ? named : null;
        var signedIn = await signIn.WithPasswordAsync("palette_authenticate", org, name, password, http.SignInOrigin(), http.RequestAborted);
        if (!signedIn.IsOk) return signedIn.Problem.ToResult();
        http.Response.Headers.CacheControl = "no-store";
        return new WrittenJson(json => Write(json, signedIn.Value.Token));
    }

    private static void Write(Utf8JsonWriter json, string token)
    {
        json.WriteStartObject();
        json.WriteString("Authorization"u8, token);
        json.WriteBoolean("isMfa"u8, false);
        json.WriteEndObject();
    }
}
