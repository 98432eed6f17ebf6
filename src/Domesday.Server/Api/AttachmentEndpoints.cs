using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Bodies that are kept beside their entries because an entry has no room for them.</summary>
internal static class AttachmentEndpoints
{
    public static void MapAttachments(this IEndpointRouteBuilder api) =>
        api.MapGet("/events/{sequence:long}/attachments/{sha256}", GetAsync).RequirePermission(Permission.AuditGet).AllowViewers();

    private static async Task<IResult> GetAsync(long sequence, string sha256, HttpContext http, IEventReader reader, ReadAudit audit)
    {
        var parameters = new ParameterReader(http.Request.Query);
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var body = await reader.AttachmentAsync(http.Scope(), sequence, sha256, http.RequestAborted);
        if (!body.IsOk) return body.Problem.ToResult();
        http.RecordRead(audit, "events.attachment", $"sequence={sequence}&sha256={sha256}");
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return TypedResults.Bytes(body.Value, "application/json");
    }
}
