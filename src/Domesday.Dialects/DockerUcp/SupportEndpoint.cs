using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Query;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Dialects.DockerUcp;

/// <summary>The support dump: a .tgz with <c>ucp-controller.log</c>, which has audit lines only when the configuration says so.</summary>
/// <remarks>
/// Source: Docker UCP, «Create UCP audit logs»: the dump drops what holds <c>auditID</c> unless <c>supportDumpIncludeAuditLogs</c>. UCP has no HTTP route for it;
/// the parameters are those of its command line.
/// </remarks>
internal sealed class SupportEndpoint(ControllerLog log, DockerUcpRequests requests, ReadAudit audit, TimeProvider time, DockerUcpOptions options)
{
    private static readonly LineForm Plain = new(Framed: false, Timestamps: false, Details: false);

    public void Map(IEndpointRouteBuilder routes) => routes.Answer("GET", "/api/support", SupportAsync).RequirePermission(Permission.AuditExport, wholeTenant: true);

    private async ValueTask<IResult> SupportAsync(HttpContext http)
    {
        var now = time.GetUtcNow();
        var query = DockerUcpQuery.ReadSupport(http.Request.Query, now, options.SupportLines);
        if (!query.IsOk) return query.Problem.ToResult();
        var withAudit = requests.Of(http.Tenant()).SupportDumpIncludeAuditLogs;
        EventFilter? filter = null;
        if (withAudit)
        {
            var last = await log.LastAsync(http.Scope(), query.Value, http.RequestAborted);
            if (!last.IsOk) return last.Problem.ToResult();
            filter = last.Value;
            http.RecordExport(audit, "ucp.support", http.Request.QueryString.Value ?? "");
        }
        else http.RecordRead(audit, "ucp.support", http.Request.QueryString.Value ?? "");
        return new DumpResult(log, http.Scope(), filter, ControllerLog.PlainLine(withAudit
            ? "support dump with audit logs"
            : "support dump without audit logs: supportDumpIncludeAuditLogs is false", now), now);
    }

    private sealed class DumpResult(ControllerLog log, AccessScope scope, EventFilter? filter, byte[] first, DateTimeOffset now) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var cancellation = httpContext.RequestAborted;
            // A tar file says how long an entry is before it comes: the lines are counted first, and what is counted does not change.
            var length = (long)first.Length;
            if (filter is not null)
            {
                await foreach (var lines in log.ReadAsync(scope, filter, Plain, cancellation)) length += lines.Length;
            }
            httpContext.Response.ContentType = "application/gzip";
            httpContext.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"docker-support-{scope.Tenant}-{now.UtcDateTime:yyyyMMdd-HHmmss}.tgz\"");
            httpContext.Response.Headers.CacheControl = "no-store";
            var gzip = new GZipStream(httpContext.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
            await using (gzip)
            await using (var tar = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true))
            {
                await using var lines = new LineStream(Lines(cancellation), length);
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "ucp-controller.log") { DataStream = lines, ModificationTime = now }, cancellation);
            }
        }

        private async IAsyncEnumerable<ReadOnlyMemory<byte>> Lines([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            yield return first;
            if (filter is null) yield break;
            await foreach (var lines in log.ReadAsync(scope, filter, Plain, cancellation)) yield return lines;
        }
    }
}
