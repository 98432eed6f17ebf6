using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>The vendor's <c>V1Error</c>: <c>{"code":"ResourceNotFound","details":{},"message":"…","ref":"…"}</c>. The code is a text, and the type is <c>application/json</c>: its Go client reads nothing else.</summary>
internal sealed class SpectroPaletteErrors : IProblemShape
{
    private static readonly PathString Version = "/v1";

    /// <summary>Other clients' paths below the same version: Run:ai's, and OTLP's.</summary>
    private static readonly PathString[] Others = ["/v1/k8s", "/v1/logs", "/v1/traces", "/v1/metrics"];

    /// <remarks>Paths that Palette has and the service has not are covered too: its clients read no other form.</remarks>
    public bool Covers(PathString path) => path.StartsWithSegments(Version) && !Array.Exists(Others, other => path.StartsWithSegments(other));

    public Task WriteAsync(HttpContext http, Refusal refusal)
    {
        http.Response.ContentType = "application/json";
        var faults = refusal.Kind == ProblemKind.Invalid ? refusal.Faults : [];
        var details = faults.GroupBy(fault => fault.Field, fault => fault.Reason).ToDictionary(field => field.Key, field => string.Join("; ", field));
        var message = faults.Count > 0 ? string.Join("; ", faults.Select(fault => fault.Sentence)) : refusal.Detail;
        var error = new PaletteError(CodeOf(refusal.Status), details, message, Guid.NewGuid().ToString("N"));
        return JsonSerializer.SerializeAsync(http.Response.Body, error, SpectroPaletteJson.Default.PaletteError, http.RequestAborted);
    }

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "Unauthorized",
        StatusCodes.Status403Forbidden => "OperationForbidden",
        StatusCodes.Status404NotFound => "ResourceNotFound",
        StatusCodes.Status405MethodNotAllowed => "MethodNotAllowed",
        StatusCodes.Status409Conflict => "ResourceConflict",
        StatusCodes.Status413PayloadTooLarge => "RequestTooLarge",
        StatusCodes.Status429TooManyRequests => "TooManyRequests",
        StatusCodes.Status501NotImplemented => "NotImplemented",
        StatusCodes.Status503ServiceUnavailable => "ServiceUnavailable",
        >= 500 => "InternalServerError",
        _ => "InvalidRequest",
    };
}
