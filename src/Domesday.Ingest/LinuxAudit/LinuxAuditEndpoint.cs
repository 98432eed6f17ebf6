using System.Globalization;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Domesday.Ingest.AuditRecords;
using Microsoft.AspNetCore.Http;

namespace Domesday.Ingest.LinuxAudit;

/// <summary><c>POST /ingest/linux-audit</c>: lines as auditd wrote them.</summary>
internal sealed class LinuxAuditEndpoint(AppendPipeline pipeline, BatchLimits limits)
{
    public const int HostCharsMax = 255;

    public async ValueTask<Result<AppendResult>> StoreAsync(HttpContext http, ReadOnlyMemory<byte> body, string? host)
    {
        if (AuditLines.Split(body, host, limits.EventsMax) is not { } records)
            return new Problem(ProblemKind.TooLarge, string.Create(CultureInfo.InvariantCulture, $"The body has more than the {limits.EventsMax} events that one request may have."));
        var events = records.Events.Where(one => !AuditRecordMapping.IsEmpty(one)).ToList();
        var mapped = MappedItems.Of(events, host, (item, json) => AuditRecordMapping.TryWrite(item, host, json));
        return await (mapped with { Refused = [.. mapped.Refused, .. records.Refused] }).StoreAsync(pipeline, http.Tenant(), LinuxAuditSource.Name);
    }
}
