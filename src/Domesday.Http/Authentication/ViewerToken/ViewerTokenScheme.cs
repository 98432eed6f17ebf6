using Domesday.Core.Credentials;
using Domesday.Http.Authorization;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authentication.ViewerToken;

/// <summary>A viewer's token in the query, where a route is for viewers: what a frame, a link and an EventSource can bring.</summary>
/// <remarks>A query is no place for secrets that last, so no other credential is taken from it.</remarks>
public static class ViewerTokenScheme
{
    /// <summary>The query's parameter.</summary>
    public const string Parameter = "viewer_token";

    internal const string Name = Parameter;

    /// <returns>Null when the request brings none, or the route takes none.</returns>
    internal static PresentedCredential? Read(HttpContext http, Endpoint endpoint)
    {
        if (!IsBrought(http, endpoint)) return null;
        return http.Request.Query[Parameter] is [{ Length: > 0 } token] ? new PresentedToken(Name, token) : new MalformedCredential(Name);
    }

    /// <summary>Lets scripts of other sites read the answer: whoever made them holds the token already, and nothing else that a browser would add is looked at.</summary>
    internal static void Open(HttpContext http, Endpoint endpoint)
    {
        if (IsBrought(http, endpoint)) http.Response.Headers.AccessControlAllowOrigin = "*";
    }

    private static bool IsBrought(HttpContext http, Endpoint endpoint) => RouteReach.Of(endpoint).Viewers && http.Request.Query.ContainsKey(Parameter);
}
