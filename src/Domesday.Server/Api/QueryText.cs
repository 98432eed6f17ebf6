using Domesday.Http.Authentication.ViewerToken;
using Microsoft.AspNetCore.Http;

namespace Domesday.Server.Api;

/// <summary>What a reader asked for, as the records of reading and the manifests of exports show it.</summary>
internal static class QueryText
{
    private static readonly string[] LeftOut = ["cursor", "tenant", "manifest", "format", ViewerTokenScheme.Parameter];

    /// <summary>The query string as it was sent, without what selects no events.</summary>
    public static string Of(HttpRequest request)
    {
        var pairs = request.QueryString.Value is { Length: > 1 } text ? text[1..].Split('&', StringSplitOptions.RemoveEmptyEntries) : [];
        return string.Join('&', pairs.Where(pair => !LeftOut.Contains(pair.Split('=', 2)[0])));
    }
}
