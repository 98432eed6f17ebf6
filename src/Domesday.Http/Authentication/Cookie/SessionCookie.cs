using Domesday.Core.Credentials;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authentication.Cookie;

/// <summary>The cookie that holds a session's token: no script reads it, no other site's form sends it, and it ends with the token.</summary>
public static class SessionCookie
{
    private const string PlainName = "domesday_session";

    /// <summary>Over TLS: browsers take a cookie of this name only from this very host, for all its paths, and over TLS.</summary>
    /// <remarks>Source: RFC 6265bis §4.1.3.2.</remarks>
    private const string SecureName = "__Host-domesday_session";

    public static void Set(HttpResponse response, SignedIn session)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(session);
        var options = Options(response.HttpContext.Request);
        options.Expires = session.ExpiresAt;
        response.Cookies.Append(NameFor(response.HttpContext.Request), session.Token, options);
    }

    public static void Clear(HttpResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.Cookies.Delete(NameFor(response.HttpContext.Request), Options(response.HttpContext.Request));
    }

    internal static string? Read(HttpRequest request) => request.Cookies[NameFor(request)] is { Length: > 0 } token ? token : null;

    /// <summary>Lax: a link that somebody was sent opens with the session, and another site's form does not.</summary>
    private static CookieOptions Options(HttpRequest request) => new() { HttpOnly = true, Secure = request.IsHttps, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };

    private static string NameFor(HttpRequest request) => request.IsHttps ? SecureName : PlainName;
}
