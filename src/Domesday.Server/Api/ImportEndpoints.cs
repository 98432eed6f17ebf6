using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Domesday.Ingest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary><c>POST /import?from=upcloud</c>: records as a vendor's API or its files give them, stored as events that show as the same records.</summary>
internal static class ImportEndpoints
{
    /// <summary>Members that vendors wrap a page of records in.</summary>
    private static readonly string[] Wrappers = ["audit_logs", "items"];

    public static void MapImport(this IEndpointRouteBuilder api) => api.MapPost("/import", ImportAsync).RequirePermission(Permission.AuditWrite, wholeTenant: true);

    private static async Task<IResult> ImportAsync(HttpContext http, IEnumerable<IDialect> dialects, AppendPipeline pipeline, BatchLimits limits)
    {
        var parameters = new ParameterReader(http.Request.Query);
        var known = dialects.Select(dialect => (dialect.Name, Import: dialect.OpenImport())).Concat(IngestCatalog.Sources.Select(source => (Name: source.Kind, Import: source.OpenImport())))
            .Where(one => one.Import is not null).ToDictionary(one => one.Name, one => one.Import!);
        var name = parameters.Choice("from", [.. known.Keys]);
        if (name is null && !parameters.Has("from")) parameters.Refuse("from", $"is required: one of {string.Join(", ", known.Keys)}");
        var partial = parameters.Flag("partial");
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var read = await RequestBody.ReadAsync(http, limits.BytesMax);
        if (!read.IsOk) return read.Problem.ToResult();
        using var body = read.Value;
        var records = Records(body.Bytes, limits.EventsMax);
        if (!records.IsOk) return records.Problem.ToResult();
        var stored = await StoreAsync(http.Tenant(), name!, records.Value, known[name!], partial, pipeline);
        return stored.IsOk ? new WrittenJson(json => AppendAnswer.Write(json, stored.Value)) : stored.Problem.ToResult();
    }

    private static async ValueTask<Result<AppendResult>> StoreAsync(
        string tenant, string kind, List<JsonElement> records, Func<JsonElement, Result<AuditEvent>> import, bool partial, AppendPipeline pipeline)
    {
        var (events, indexes, faults) = (new List<ReadOnlyMemory<byte>>(), new List<int>(), new List<ProblemFault>());
        for (var i = 0; i < records.Count; i++)
        {
            var imported = import(records[i]);
            if (imported.IsOk)
            {
                events.Add(EventJson.Write(imported.Value));
                indexes.Add(i);
            }
            else
            {
                faults.Add(new(i, "", imported.Problem.Detail));
            }
        }
        if (faults.Count > 0 && !partial) return new Problem(ProblemKind.Invalid, $"{faults.Count} of {records.Count} records are not valid; nothing was stored.") { Faults = faults };
        if (events.Count == 0) return new AppendResult([], faults);
        // Not cancelled when the sender hangs up: it finds out by sending again, and nothing is stored by halves.
        var stored = await pipeline.AppendAsync(new(tenant, kind, events) { BadEvents = partial ? BadEvents.Reject : BadEvents.RefuseBatch }, CancellationToken.None);
        if (!stored.IsOk) return stored.Problem with { Faults = [.. stored.Problem.Faults.Select(fault => Placed(fault, indexes))] };
        return stored.Value with { Rejected = [.. faults.Concat(stored.Value.Rejected.Select(fault => Placed(fault, indexes))).OrderBy(fault => fault.Index)] };
    }

    private static ProblemFault Placed(ProblemFault fault, List<int> indexes) => fault.Index is { } index ? fault with { Index = indexes[index] } : fault;

    /// <summary>The records of a body: an array, an object that wraps one, one record, or a record on each line.</summary>
    private static Result<List<JsonElement>> Records(ReadOnlyMemory<byte> body, int eventsMax)
    {
        var records = new List<JsonElement>();
        try
        {
            var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { AllowMultipleValues = true });
            while (reader.Read())
            {
                Unwrap(JsonElement.ParseValue(ref reader), records);
                if (records.Count > eventsMax) return new Problem(ProblemKind.TooLarge, $"The body has more than the {eventsMax} records that one request may have; send it in parts.");
            }
        }
        catch (JsonException)
        {
            return new Problem(ProblemKind.Invalid, "The body is not JSON: send an array of records, a page as the vendor's API gives it, or a record on each line.");
        }
        return records.Count > 0 ? records : new Problem(ProblemKind.Invalid, "The body holds no record.");
    }

    private static void Unwrap(JsonElement value, List<JsonElement> records)
    {
        var list = Wrappers.Select(name => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var wrapped) ? wrapped : default)
            .Prepend(value).FirstOrDefault(candidate => candidate.ValueKind == JsonValueKind.Array);
        if (list.ValueKind == JsonValueKind.Array) records.AddRange(list.EnumerateArray());
        else records.Add(value);
    }
}
