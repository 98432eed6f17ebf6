using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Gaps;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Which numbers are missing of producers that number their events.</summary>
internal static class GapEndpoints
{
    public static void MapGaps(this IEndpointRouteBuilder api) => api.MapGet("/gaps", ListAsync).RequirePermission(Permission.AuditList, wholeTenant: true);

    private static async Task<IResult> ListAsync(HttpContext http, GapTracker tracker, IEventStore store, ReadAudit audit)
    {
        var parameters = new ParameterReader(http.Request.Query);
        var (producer, onlyMissing) = (parameters.Text("producer"), parameters.Flag("missing"));
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var tenant = http.Tenant();
        var text = await tracker.ReadAsync(tenant, streams => Written(streams, store.Size(tenant), producer, onlyMissing), http.RequestAborted);
        http.RecordRead(audit, "gaps.list", QueryText.Of(http.Request));
        return new WrittenJson(json => json.WriteRawValue(text, skipInputValidation: true));
    }

    private static byte[] Written(TenantStreams streams, long size, string? producer, bool onlyMissing)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, WrittenJson.Options))
        {
            json.WriteStartObject();
            json.WriteStartArray("producers"u8);
            foreach (var (name, stream) in streams.Streams)
            {
                if (producer is not null && name != producer || onlyMissing && stream.Missing == 0) continue;
                Write(json, name, stream);
            }
            json.WriteEndArray();
            json.WriteNumber("unfollowed_events"u8, streams.Unfollowed);
            json.WriteNumber("followed_through"u8, streams.Position);
            json.WriteNumber("ledger_size"u8, size);
            json.WriteEndObject();
        }
        return output.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string name, ProducerStream stream)
    {
        json.WriteStartObject();
        json.WriteString("producer"u8, name);
        json.WriteNumber("last"u8, stream.Last);
        json.WriteString("last_received_at"u8, stream.LastAt.ToString());
        json.WriteNumber("received"u8, stream.Received);
        json.WriteNumber("missing"u8, stream.Missing);
        json.WriteStartArray("gaps"u8);
        foreach (var gap in stream.Gaps)
        {
            json.WriteStartObject();
            json.WriteNumber("first"u8, gap.First);
            json.WriteNumber("last"u8, gap.Last);
            json.WriteString("noticed_at"u8, gap.NoticedAt.ToString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
