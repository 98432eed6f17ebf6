using Microsoft.AspNetCore.Http;

namespace Domesday.Ui.Layout;

/// <summary>What browsers are told about every page: it runs and loads nothing but our own files, is framed by nobody unless that is said, and tells others nothing.</summary>
public static class SecurityHeaders
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors ";

    /// <param name="ancestors">Origins whose pages may show it in a frame; empty for nobody.</param>
    public static void Set(HttpResponse response, IReadOnlyList<string>? ancestors = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        var headers = response.Headers;
        var isFramed = ancestors is { Count: > 0 };
        headers.ContentSecurityPolicy = Policy + (isFramed ? string.Join(' ', ancestors!) : "'none'");
        headers.XContentTypeOptions = "nosniff";
        // It knows no lists of origins, and where the policy above allows a frame it would forbid it.
        if (!isFramed) headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = isFramed ? "no-referrer" : "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
    }
}
