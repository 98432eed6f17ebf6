using System.Globalization;
using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Export;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Dialects.PlatformPcd;

/// <summary><c>/resmgr/audit</c>: for those who may see the whole tenant and export it, which is what the vendor calls an administrator.</summary>
internal sealed class PlatformPcdEndpoints(IEventReader reader, ReadAudit audit, TimeProvider time, PlatformPcdOptions options)
{
    private static readonly RecordLinesExport Lines = new("application/x-ndjson", PlatformPcdRecord.Write);

    private readonly PlatformPcdFilters _filters = new(reader, time);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Answer("GET", "/resmgr/audit/export", Export).RequirePermission(Permission.AuditExport, wholeTenant: true);
        routes.Answer("GET", "/resmgr/audit/filters", FiltersAsync).RequirePermission(Permission.AuditExport, wholeTenant: true);
    }

    private ValueTask<IResult> Export(HttpContext http)
    {
        var now = time.GetUtcNow();
        var read = PlatformPcdQuery.Read(http.Request.Query, now, options);
        if (!read.IsOk) return ValueTask.FromResult(read.Problem.ToResult());
        http.RecordExport(audit, "pcd.audit.export", http.Request.QueryString.Value ?? "");
        return ValueTask.FromResult<IResult>(new ExportResult(reader, new(http.Scope(), read.Value.Filter, EventOrder.Time, Descending: false, Lines)
        {
            At = now,
            Limit = read.Value.Limit,
            NamedFile = $"audit-logs-{Day(read.Value.From)}-{Day(read.Value.To)}.ndjson",
        }));
    }

    private async ValueTask<IResult> FiltersAsync(HttpContext http)
    {
        var options = await _filters.ReadAsync(http.Scope(), http.RequestAborted);
        if (!options.IsOk) return options.Problem.ToResult();
        http.RecordRead(audit, "pcd.audit.filters", "");
        return new WrittenJson(json => JsonSerializer.Serialize(json, options.Value, PlatformPcdJson.Default.PcdFilterOptions));
    }

    private static string Day(Timestamp time) => time.ToDateTimeOffset().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
