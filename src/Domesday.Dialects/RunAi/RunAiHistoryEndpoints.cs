using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Export;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Dialects.RunAi;

/// <summary><c>GET /v1/k8s/audit</c>, the route of versions up to 2.18: a bare array.</summary>
internal sealed class RunAiHistoryEndpoints(IEventReader reader, ReadAudit audit, TimeProvider time, RunAiOptions options)
{
    private const string FileName = "logs.json";

    public void Map(IEndpointRouteBuilder routes) => routes.Answer("GET", "/v1/k8s/audit", ListAsync).RequirePermission(Permission.AuditList);

    private async ValueTask<IResult> ListAsync(HttpContext http)
    {
        var read = RunAiHistoryQuery.Read(http.Request.Query);
        if (!read.IsOk) return read.Problem.ToResult();
        var record = new RunAiHistoryRecord(options);
        if (read.Value.IsDownload) return Download(http, read.Value, record);
        var page = await reader.ListAsync(http.Scope(), read.Value.Query, http.RequestAborted);
        if (!page.IsOk) return page.Problem.ToResult();
        if (read.Value.Query.Offset == 0) http.RecordRead(audit, "runai.k8s_audit.list", http.Request.QueryString.Value ?? "");
        return new RecordsResult(page.Value.Entries, record.Write);
    }

    /// <summary>Everything that matches, unless a limit is given; offsets are for pages.</summary>
    private IResult Download(HttpContext http, RunAiHistoryQuery read, RunAiHistoryRecord record)
    {
        if (!http.Principal().May(Permission.AuditExport)) return new Problem(ProblemKind.Forbidden, "The credential lacks the permission audit.export.").ToResult();
        http.RecordExport(audit, "runai.k8s_audit.download", http.Request.QueryString.Value ?? "");
        return new ExportResult(reader, new(http.Scope(), read.Query.Filter, EventOrder.Sequence, Descending: true, new RecordArrayExport("application/json", record.Write))
        {
            At = time.GetUtcNow(),
            Limit = read.HasLimit ? read.Query.Limit : null,
            NamedFile = FileName,
        });
    }
}
