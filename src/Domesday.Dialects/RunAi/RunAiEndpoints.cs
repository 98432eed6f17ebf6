using System.Globalization;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Export;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Dialects.RunAi;

/// <summary><c>GET /api/v1/audit/log</c> and <c>GET /api/v1/audit/log/file</c>, the routes since 2.19.</summary>
internal sealed class RunAiEndpoints(IEventReader reader, ReadAudit audit, TimeProvider time)
{
    private const string Base = "/api/v1/audit/log";

    /// <summary>As the vendor declares it, for JSON too.</summary>
    private const string FileType = "application/octet-stream";

    private static readonly RecordArrayExport Json = new(FileType, RunAiRecord.Write);
    private static readonly RecordTableExport Csv = new(FileType, RunAiRecord.Columns, RunAiRecord.WriteCells);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Answer("GET", Base, ListAsync).RequirePermission(Permission.AuditList);
        routes.Answer("GET", Base + "/file", File).RequirePermission(Permission.AuditExport);
    }

    private async ValueTask<IResult> ListAsync(HttpContext http)
    {
        var read = RunAiQuery.Read(http.Request.Query);
        if (!read.IsOk) return read.Problem.ToResult();
        var query = new EventQuery
        {
            Filter = read.Value.Filter,
            Order = EventOrder.Time,
            Descending = read.Value.Descending,
            Limit = read.Value.Samples ?? RunAiQuery.SamplesDefault,
            Offset = read.Value.Offset,
            Total = true,
        };
        var page = read.Value.SortField is { } field
            ? await new SortedByValue(reader, http.Scope()).ListAsync(query, field, http.RequestAborted)
            : await reader.ListAsync(http.Scope(), query, http.RequestAborted);
        if (!page.IsOk) return page.Problem.ToResult();
        if (query.Offset == 0) http.RecordRead(audit, "runai.audit_log.list", http.Request.QueryString.Value ?? "");
        return Page(page.Value, query);
    }

    /// <summary><c>next</c> is the offset of what follows, and is left out when nothing does.</summary>
    private static RecordsResult Page(EventPage page, EventQuery query)
    {
        var next = query.Offset + page.Entries.Count;
        var start = string.Create(CultureInfo.InvariantCulture, $"{{\"total\":{page.Total}");
        if (next < page.Total && page.Entries.Count > 0) start += string.Create(CultureInfo.InvariantCulture, $",\"next\":{next}");
        return new(page.Entries, RunAiRecord.Write) { Before = Encoding.ASCII.GetBytes(start + ",\"audit_logs\":["), After = "]}"u8.ToArray() };
    }

    private ValueTask<IResult> File(HttpContext http)
    {
        var read = RunAiQuery.Read(http.Request.Query);
        if (!read.IsOk) return ValueTask.FromResult(read.Problem.ToResult());
        http.RecordExport(audit, "runai.audit_log.file", http.Request.QueryString.Value ?? "");
        var format = read.Value.IsJsonFile ? (IExportFormat)Json : Csv;
        return ValueTask.FromResult<IResult>(new ExportResult(reader, new(http.Scope(), read.Value.Filter, EventOrder.Time, read.Value.Descending, format)
        {
            At = time.GetUtcNow(),
            Limit = read.Value.Samples,
            NamedFile = "audit_logs." + format.Name,
        }));
    }
}
