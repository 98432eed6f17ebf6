using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Export;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Everything that matches, as a file.</summary>
internal static class ExportEndpoints
{
    private const string ManifestFormat = "ndjson";

    public static void MapExport(this IEndpointRouteBuilder api) => api.MapGet("/export", Export).RequirePermission(Permission.AuditExport).AllowAllTenants().AllowViewers();

    private static IResult Export(HttpContext http, IEventReader reader, ReadAudit audit, TimeProvider time, [FromServices] ICheckpointSource? checkpoints)
    {
        var (scope, now) = (http.Scope(), time.GetUtcNow());
        var parameters = new ParameterReader(http.Request.Query);
        var filter = EventParameters.Filter(parameters, now);
        var (order, descending) = PageParameters.Order(parameters, scope, descending: false);
        var format = ExportCatalog.Find(parameters.Choice("format", ExportCatalog.Names) ?? ManifestFormat)!;
        var manifest = parameters.Flag("manifest");
        if (manifest && format.Name != ManifestFormat) parameters.Refuse("manifest", $"needs format={ManifestFormat}: it is a last line that is no event");
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var query = QueryText.Of(http.Request);
        http.RecordExport(audit, "events.export", $"format={format.Name}{(query.Length > 0 ? "&" : "")}{query}");
        return new ExportResult(reader, new(scope, filter, order, descending, format)
        {
            At = now,
            Manifest = manifest ? new(query, CheckpointOf(scope, checkpoints)) : null,
        });
    }

    /// <summary>None for a reader of some projects: it says how many events the whole tenant has.</summary>
    private static string? CheckpointOf(AccessScope scope, ICheckpointSource? checkpoints) => scope is { Tenant: { } tenant, IsWholeTenant: true } ? checkpoints?.Latest(tenant) : null;
}
