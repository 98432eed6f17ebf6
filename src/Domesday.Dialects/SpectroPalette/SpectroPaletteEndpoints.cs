using System.Globalization;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Export;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.Lookup;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Dialects.SpectroPalette;

/// <summary><c>/v1/audits</c>: of the whole tenant, or of the project that the header <c>ProjectUid</c> names.</summary>
internal sealed class SpectroPaletteEndpoints(IEventReader reader, ReadAudit audit, TimeProvider time, SpectroPaletteOptions options)
{
    public const string Base = "/v1/audits";

    private const string TableType = "text/csv";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Answer("GET", Base, ListAsync).RequirePermission(Permission.AuditList);
        routes.Answer("GET", Base + "/export", ExportAsync).RequirePermission(Permission.AuditExport);
        routes.Answer("GET", Base + "/{uid}", GetAsync).RequirePermission(Permission.AuditGet);
        routes.Answer("GET", Base + "/{uid}/sysMsg", GetMessagesAsync).RequirePermission(Permission.AuditGet);
    }

    private async ValueTask<IResult> ListAsync(HttpContext http)
    {
        var scope = PaletteScope.Of(http);
        if (!scope.IsOk) return scope.Problem.ToResult();
        var read = SpectroPaletteQuery.Read(http.Request.Query, scope.Value, options);
        if (!read.IsOk) return read.Problem.ToResult();
        if (read.Value.IsTable || WantsTable(http.Request)) return await TableAsync(http, scope.Value, read.Value);
        var page = await reader.ListAsync(scope.Value, read.Value.Query, http.RequestAborted);
        if (!page.IsOk) return page.Problem.ToResult();
        var notes = await new PaletteNotes(reader, scope.Value).OfAsync(page.Value.Entries, http.RequestAborted);
        if (!notes.IsOk) return notes.Problem.ToResult();
        if (read.Value is { Passed: 0, Query.After: null }) http.RecordRead(audit, "palette.audits.list", http.Request.QueryString.Value ?? "");
        return Page(page.Value, read.Value, notes.Value);
    }

    private static RecordsResult Page(EventPage page, SpectroPaletteQuery read, Dictionary<long, string> notes)
    {
        var next = read.Passed + page.Entries.Count;
        var meta = string.Create(CultureInfo.InvariantCulture,
            $"],\"listmeta\":{{\"continue\":\"{SpectroPaletteQuery.ContinueAfter(page.Next, next)}\",\"count\":{page.Total},\"limit\":{read.Query.Limit},\"offset\":{next}}}}}");
        return new(page.Entries, new SpectroPaletteRecord(notes).Write) { Before = "{\"items\":["u8.ToArray(), After = Encoding.ASCII.GetBytes(meta) };
    }

    private async ValueTask<IResult> GetAsync(HttpContext http)
    {
        var found = await FindAsync(http);
        if (!found.IsOk) return found.Problem.ToResult();
        var (scope, entry) = found.Value;
        var notes = await new PaletteNotes(reader, scope).OfAsync([entry], http.RequestAborted);
        if (!notes.IsOk) return notes.Problem.ToResult();
        http.RecordRead(audit, "palette.audits.get", $"sequence={entry.Sequence}");
        return new RecordsResult([entry], new SpectroPaletteRecord(notes.Value).Write) { Before = default, After = default };
    }

    private async ValueTask<IResult> GetMessagesAsync(HttpContext http)
    {
        var found = await FindAsync(http);
        if (!found.IsOk) return found.Problem.ToResult();
        http.RecordRead(audit, "palette.audits.sys_msg", $"sequence={found.Value.Entry.Sequence}");
        return new RecordsResult([found.Value.Entry], SpectroPaletteRecord.WriteMessages) { Before = default, After = default };
    }

    private async ValueTask<Result<(AccessScope Scope, StoredEntry Entry)>> FindAsync(HttpContext http)
    {
        var scope = PaletteScope.Of(http);
        if (!scope.IsOk) return scope.Problem;
        var found = (await reader.FindAsync(scope.Value, http.Request.RouteValues["uid"] as string ?? "", http.RequestAborted)).OrMissing();
        return found.IsOk ? (scope.Value, found.Value) : found.Problem;
    }

    private async ValueTask<IResult> ExportAsync(HttpContext http)
    {
        var scope = PaletteScope.Of(http);
        if (!scope.IsOk) return scope.Problem.ToResult();
        var read = SpectroPaletteQuery.Read(http.Request.Query, scope.Value, options);
        return read.IsOk ? await TableAsync(http, scope.Value, read.Value) : read.Problem.ToResult();
    }

    /// <summary>Everything that matches, as the vendor's console downloads it.</summary>
    private async ValueTask<IResult> TableAsync(HttpContext http, AccessScope scope, SpectroPaletteQuery read)
    {
        if (!http.Principal().May(Permission.AuditExport)) return new Problem(ProblemKind.Forbidden, "The credential lacks the permission audit.export.").ToResult();
        var notes = new PaletteNotes(reader, scope);
        var any = await notes.AnyAsync(http.RequestAborted);
        if (!any.IsOk) return any.Problem.ToResult();
        http.RecordExport(audit, "palette.audits.export", http.Request.QueryString.Value ?? "");
        var found = new Dictionary<long, string>();
        var now = time.GetUtcNow();
        return new ExportResult(reader, new(scope, read.Query.Filter, EventOrder.Time, Descending: true, new RecordTableExport(TableType, SpectroPaletteRecord.Columns, new SpectroPaletteRecord(found).WriteCells))
        {
            At = now,
            NamedFile = "audit-logs.csv",
            BeforeBatch = any.Value ? FillAsync : null,
        });

        async ValueTask FillAsync(IReadOnlyList<StoredEntry> batch, CancellationToken cancellation)
        {
            var ofBatch = await notes.OfAsync(batch, cancellation);
            if (!ofBatch.IsOk) throw new CorruptLedgerException(ofBatch.Problem.Detail);
            found.Clear();
            foreach (var (sequence, note) in ofBatch.Value) found[sequence] = note;
        }
    }

    /// <summary>Only who asks for nothing else: clients send <c>application/json</c> or everything.</summary>
    private static bool WantsTable(HttpRequest request) => request.Headers.Accept.ToString().StartsWith(TableType, StringComparison.OrdinalIgnoreCase);
}
