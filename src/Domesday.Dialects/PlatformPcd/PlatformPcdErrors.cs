using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Domesday.Dialects.PlatformPcd;

/// <summary>
/// Credentials are refused as keystonemiddleware does, <c>{"error":{"code":401,"title":"…","message":"…"}}</c>; everything else by the audit service,
/// <c>{"error":"…"}</c>. Under Keystone's own paths all is in the first form.
/// </summary>
internal sealed class PlatformPcdErrors : IProblemShape
{
    private const string Audit = "/resmgr/audit";

    public bool Covers(PathString path) => path.StartsWithSegments(Audit) || path.StartsWithSegments(KeystoneEndpoints.Base);

    public Task WriteAsync(HttpContext http, Refusal refusal)
    {
        http.Response.ContentType = "application/json";
        if (refusal.Status == StatusCodes.Status401Unauthorized)
            http.Response.Headers.WWWAuthenticate = $"Keystone uri=\"{http.Request.Scheme}://{http.Request.Host}{KeystoneEndpoints.Base}\"";
        var isKeystone = refusal.Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests || !http.Request.Path.StartsWithSegments(Audit);
        return isKeystone
            ? JsonSerializer.SerializeAsync(http.Response.Body, new(new(refusal.Status, ReasonPhrases.GetReasonPhrase(refusal.Status), KeystoneMessage(refusal))), PlatformPcdJson.Default.KeystoneError, http.RequestAborted)
            : JsonSerializer.SerializeAsync(http.Response.Body, new(Message(refusal)), PlatformPcdJson.Default.PcdError, http.RequestAborted);
    }

    private static string KeystoneMessage(Refusal refusal) => refusal.Status switch
    {
        StatusCodes.Status401Unauthorized => "The request you have made requires authentication.",
        StatusCodes.Status403Forbidden => "You are not authorized to perform the requested action.",
        StatusCodes.Status404NotFound => "The resource could not be found.",
        _ => refusal.Detail,
    };

    private static string Message(Refusal refusal) => refusal.Status switch
    {
        StatusCodes.Status405MethodNotAllowed => "Method Not Allowed",
        >= 500 and not StatusCodes.Status503ServiceUnavailable => "Database query failed",
        _ when refusal.Kind == ProblemKind.Invalid && refusal.Faults.Count > 0 => string.Join("; ", refusal.Faults.Select(fault => fault.Sentence)),
        _ => refusal.Detail,
    };
}
