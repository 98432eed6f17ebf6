using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authentication.Cookie;

/// <summary>Whether a request that changes something comes from one of our own pages, as the browser says.</summary>
/// <remarks>
/// Sources: W3C «Fetch Metadata Request Headers»; RFC 6454 §7. Pages cannot set either header. A browser that sends neither with a form is older than
/// those that the pages are made for; programs bring a credential in a header, and are not asked.
/// </remarks>
public static class SameSite
{
    public static bool IsOwn(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Headers["Sec-Fetch-Site"] is [{ Length: > 0 } site]) return site == "same-origin";
        return request.Headers.Origin is [{ } origin] && Uri.TryCreate(origin, UriKind.Absolute, out var from)
            && from.Scheme == request.Scheme && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Methods that only read.</summary>
    internal static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
