using Domesday.Core.Credentials;
using Domesday.Core.Tokens;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authentication.Bare;

/// <summary><c>Authorization: JWT</c> without the name of a scheme, as Palette's clients bring it. API keys are not taken this way.</summary>
internal static class BareScheme
{
    private const string Name = "bare";

    /// <returns>Null when the request does not use this scheme.</returns>
    public static PresentedCredential? Read(IHeaderDictionary headers)
    {
        var header = headers.Authorization;
        return header.Count == 1 && header.ToString() is var token && JwtText.IsLike(token) && !token.Contains(' ', StringComparison.Ordinal) ? new PresentedToken(Name, token) : null;
    }
}
