using System.Globalization;
using System.Text.Json;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Domesday.Ingest.AuditRecords;
using Microsoft.AspNetCore.Http;

namespace Domesday.Ingest.LinuxAudit;

/// <summary><c>POST /ingest/linux-audit</c>: answers when every line that came is on disk, be it as an event or in quarantine.</summary>
internal sealed class LinuxAuditEndpoint(AppendPipeline pipeline, BatchLimits limits)
{
    private const int HostCharsMax = 255;

    public async Task AppendAsync(HttpContext http)
    {
        var host = http.Request.RouteValues["host"] as string ?? http.Request.Query["host"].FirstOrDefault();
        if (host is { Length: 0 or > HostCharsMax })
        {
            await new Problem(ProblemKind.Invalid, $"A host's name has 1 to {HostCharsMax} characters.", "host").ToResult().ExecuteAsync(http);
            return;
        }
        var read = await RequestBody.ReadAsync(http, limits.BytesMax);
        if (!read.IsOk)
        {
            await read.Problem.ToResult().ExecuteAsync(http);
            return;
        }
        using var body = read.Value;
        var answer = await StoreAsync(http.Tenant(), body.Bytes, host);
        await answer.ExecuteAsync(http);
    }

    private async ValueTask<IResult> StoreAsync(string tenant, ReadOnlyMemory<byte> body, string? host)
    {
        if (AuditLines.Split(body, host, limits.EventsMax) is not { } records)
            return new Problem(ProblemKind.TooLarge, string.Create(CultureInfo.InvariantCulture, $"The body has more than the {limits.EventsMax} events that one request may have.")).ToResult();
        var events = records.Events.Where(one => !AuditRecordMapping.IsEmpty(one)).ToList();
        var mapped = MappedItems.Of(events, host, (item, json) => AuditRecordMapping.TryWrite(item, host, json));
        var stored = await (mapped with { Refused = [.. mapped.Refused, .. records.Refused] }).StoreAsync(pipeline, tenant, LinuxAuditSource.Name);
        return stored.IsOk ? new WrittenJson(json => Write(json, stored.Value)) : stored.Problem.ToResult();
    }

    private static void Write(Utf8JsonWriter json, AppendResult result)
    {
        var duplicates = result.Receipts.Count(receipt => receipt.Duplicate);
        json.WriteStartObject();
        json.WriteNumber("stored", result.Receipts.Count - duplicates);
        json.WriteNumber("duplicate", duplicates);
        json.WriteNumber("quarantined", result.Quarantined);
        json.WriteEndObject();
    }
}
