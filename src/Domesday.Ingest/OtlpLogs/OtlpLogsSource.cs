using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Ingest.OtlpLogs;

/// <summary>Log records of OpenTelemetry over OTLP/HTTP. The mapping is described in docs/sources/otlp.md.</summary>
internal sealed class OtlpLogsSource : IIngestSource
{
    public const string Name = "otlp";

    /// <summary>Context of a body that is kept in quarantine as it came, in protobuf.</summary>
    public const string InProtobuf = "protobuf";

    public string Kind => Name;

    public void Map(IEndpointRouteBuilder routes)
    {
        var endpoint = new OtlpLogsEndpoint(routes.ServiceProvider.GetRequiredService<AppendPipeline>(), routes.ServiceProvider.GetRequiredService<BatchLimits>());
        routes.MapPost("/v1/logs", endpoint.AppendAsync).RequirePermission(Permission.AuditWrite, wholeTenant: true);
        routes.MapPost("/ingest/otlp/v1/logs", endpoint.AppendAsync).RequirePermission(Permission.AuditWrite, wholeTenant: true);
        routes.MapPost("/ingest/otlp/{key}/v1/logs", endpoint.AppendAsync).RequirePermission(Permission.AuditWrite, wholeTenant: true).AcceptKeyInPath();
    }

    /// <param name="context"><see cref="InProtobuf"/>, or null for JSON.</param>
    public Result<IReadOnlyList<ReadOnlyMemory<byte>>> Read(ReadOnlyMemory<byte> input, string? context)
    {
        var items = Split(input, context != InProtobuf, int.MaxValue, int.MaxValue);
        return items.IsOk ? MappedItems.Of(items.Value, context, new OtlpMapping().TryWrite).All("It is not a log record of OTLP.") : items.Problem;
    }

    /// <summary>A request in either encoding, as requests of one record each.</summary>
    public static Result<List<ReadOnlyMemory<byte>>> Split(ReadOnlyMemory<byte> body, bool isJson, int recordsMax, int bytesMax)
    {
        if (isJson) return OtlpBatch.Split(body, recordsMax, bytesMax);
        return WireTranscoder.TryTranscode(body.Span, (int)Math.Min(int.MaxValue, bytesMax * 4L)) is { } json
            ? OtlpBatch.Split(json, recordsMax, bytesMax)
            : new Problem(ProblemKind.Invalid, "The body is not an ExportLogsServiceRequest.") { Faults = [new(null, "", "is not such a request in protobuf: it is cut off, damaged, or something else")] };
    }
}
