using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Domesday.Dialects.RunAi;

/// <summary><c>{"code":401,"message":"…","details":"…"}</c>; on the route of OAuth tokens that standard's own form.</summary>
internal sealed class RunAiErrors : IProblemShape
{
    public const string MissingParameter = "Required parameter is missing";
    public const string UnsupportedGrant = "The grant type must be client_credentials.";

    private static readonly PathString[] Paths = ["/v1/k8s", "/api/v1/token", "/api/v2/token", "/api/v1/audit"];

    public bool Covers(PathString path) => Array.Exists(Paths, covered => path.StartsWithSegments(covered));

    public Task WriteAsync(HttpContext http, Refusal refusal)
    {
        http.Response.ContentType = "application/json";
        if (http.Request.Path.StartsWithSegments("/api/v2/token"))
        {
            var body = new RunAiOAuthError(refusal.Detail == UnsupportedGrant ? "unsupported_grant_type" : OAuthCode(refusal.Status), refusal.Detail);
            return JsonSerializer.SerializeAsync(http.Response.Body, body, RunAiJson.Default.RunAiOAuthError, http.RequestAborted);
        }
        var details = refusal.Faults.Count > 0 ? string.Join("; ", refusal.Faults.Select(fault => $"{fault.Field}: {fault.Reason}")) : null;
        return JsonSerializer.SerializeAsync(http.Response.Body, new(refusal.Status, Message(refusal), details), RunAiJson.Default.RunAiError, http.RequestAborted);
    }

    private static string Message(Refusal refusal) => refusal.Status switch
    {
        StatusCodes.Status401Unauthorized => "Issuer is not familiar.",
        StatusCodes.Status403Forbidden => "You do not have sufficient permissions.",
        StatusCodes.Status404NotFound => "Resource id not found.",
        StatusCodes.Status503ServiceUnavailable => "Please try again in few minutes.",
        >= 500 => "Something went wrong.",
        _ when refusal.Kind == ProblemKind.Invalid => refusal.Detail,
        _ => ReasonPhrases.GetReasonPhrase(refusal.Status),
    };

    /// <remarks>Source: RFC 6749 §5.2.</remarks>
    private static string OAuthCode(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "invalid_client",
        StatusCodes.Status403Forbidden => "unauthorized_client",
        StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable => "temporarily_unavailable",
        >= 500 => "server_error",
        _ => "invalid_request",
    };
}
