using Domesday.Core.Credentials;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authentication.ApiKey;

/// <summary><c>ApiKey: key</c>, as Palette's clients bring it.</summary>
internal static class ApiKeyScheme
{
    private const string Name = "api_key";
    private const string Header = "ApiKey";

    /// <returns>Null when the request does not use this scheme.</returns>
    public static PresentedCredential? Read(IHeaderDictionary headers) => headers[Header] switch
    {
        { Count: 0 } => null,
        [{ Length: > 0 } key] => new PresentedToken(Name, key),
        _ => new MalformedCredential(Name),
    };
}
