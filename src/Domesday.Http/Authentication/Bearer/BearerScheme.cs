using Domesday.Core.Credentials;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authentication.Bearer;

/// <summary><c>Authorization: Bearer token</c>, where the token is an API key.</summary>
/// <remarks>Source: RFC 6750 §2.1.</remarks>
internal static class BearerScheme
{
    private const string Name = "bearer";
    private const string Prefix = "Bearer ";

    /// <returns>Null when the request does not use this scheme.</returns>
    public static PresentedCredential? Read(IHeaderDictionary headers)
    {
        var header = headers.Authorization;
        if (header.Count != 1 || !header.ToString().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return null;
        var token = header.ToString()[Prefix.Length..].Trim();
        return token.Length > 0 ? new PresentedToken(Name, token) : new MalformedCredential(Name);
    }
}
