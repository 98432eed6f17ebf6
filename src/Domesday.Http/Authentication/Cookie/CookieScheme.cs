using Domesday.Core.Credentials;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authentication.Cookie;

/// <summary>The session cookie of the web pages. Any credential in a header or a path goes before it.</summary>
/// <remarks>A browser sends it along whoever made the page: what changes something is taken with it from our own pages only, see <see cref="SameSite"/>.</remarks>
internal static class CookieScheme
{
    public const string Name = "session_cookie";

    /// <returns>Null when the request brings none.</returns>
    public static PresentedCredential? Read(HttpContext http) => SessionCookie.Read(http.Request) is { } token ? new PresentedToken(Name, token) : null;
}
