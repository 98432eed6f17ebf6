using Domesday.Core.Credentials;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authentication.XAuthToken;

/// <summary><c>X-Auth-Token: token</c>, as OpenStack's clients bring it, where the token is an API key.</summary>
internal static class XAuthTokenScheme
{
    private const string Name = "x_auth_token";
    private const string Header = "X-Auth-Token";

    /// <returns>Null when the request does not use this scheme.</returns>
    public static PresentedCredential? Read(IHeaderDictionary headers) => headers[Header] switch
    {
        { Count: 0 } => null,
        [{ Length: > 0 } token] => new PresentedToken(Name, token),
        _ => new MalformedCredential(Name),
    };
}
