using Domesday.Core.Credentials;
using Domesday.Http.Authentication.ApiKey;
using Domesday.Http.Authentication.Bare;
using Domesday.Http.Authentication.Basic;
using Domesday.Http.Authentication.Bearer;
using Domesday.Http.Authentication.ClientCertificate;
using Domesday.Http.Authentication.Cookie;
using Domesday.Http.Authentication.ViewerToken;
using Domesday.Http.Authentication.XAuthToken;
using Domesday.Http.Authorization;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authentication;

/// <summary>The ways to bring a credential, in the order in which they are looked for. The first that is there counts, good or not.</summary>
internal static class CredentialSchemes
{
    private const string PathScheme = "path";
    private const string UnknownScheme = "unknown";

    private static readonly Func<IHeaderDictionary, PresentedCredential?>[] Schemes =
        [BasicScheme.Read, ApiKeyScheme.Read, BearerScheme.Read, BareScheme.Read, XAuthTokenScheme.Read];

    /// <returns>Null when the request brings none.</returns>
    public static PresentedCredential? Read(HttpContext http, Endpoint endpoint)
    {
        foreach (var read in Schemes)
        {
            if (read(http.Request.Headers) is { } credential) return credential;
        }
        if (ViewerTokenScheme.Read(http, endpoint) is { } viewer) return viewer;
        if (endpoint.Metadata.GetMetadata<KeyInPath>() is { } inPath && http.Request.RouteValues[inPath.RouteValue] is string key) return new PresentedToken(PathScheme, key);
        return http.Request.Headers.Authorization.Count > 0 ? new MalformedCredential(UnknownScheme) : CookieScheme.Read(http) ?? ClientCertificateScheme.Read(http);
    }
}
