using System.Globalization;
using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Export;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Schema;
using Domesday.Http.Authorization;
using Domesday.Http.Lookup;
using Domesday.Http.Parameters;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Dialects.UpCloud;

/// <summary><c>/1.3/audit-logs</c> and what is below it.</summary>
internal sealed class UpCloudEndpoints(IEventReader reader, ReadAudit audit, TimeProvider time, UpCloudOptions options)
{
    public const string Base = "/1.3/audit-logs";

    private const string TotalHeader = "Upcloud-Total-Count";
    private const int ValuesMax = 1_000;

    private static readonly EventField[] OptionFields = [EventField.ResourceType, EventField.Action];

    private static readonly RecordArrayExport Json = new("application/json", UpCloudRecord.Write);
    private static readonly RecordTableExport Csv = new("text/csv", UpCloudRecord.Columns, UpCloudRecord.WriteCells);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Answer("GET", Base, ListAsync).RequirePermission(Permission.AuditList);
        routes.Answer("GET", Base + "/filter-options", OptionsAsync).RequirePermission(Permission.AuditList);
        routes.Answer("GET", Base + "/export", Export).RequirePermission(Permission.AuditExport);
        routes.Answer("GET", Base + "/{cloud_event_id}", GetAsync).RequirePermission(Permission.AuditGet);
    }

    private async ValueTask<IResult> ListAsync(HttpContext http)
    {
        var read = UpCloudQuery.Read(http.Request.Query, time.GetUtcNow(), options);
        if (!read.IsOk) return read.Problem.ToResult();
        if (await UnknownValuesAsync(http, read.Value) is { } unknown) return unknown.ToResult();
        var page = await reader.ListAsync(http.Scope(), read.Value.Query, http.RequestAborted);
        if (!page.IsOk) return page.Problem.ToResult();
        if (read.Value.Query.Offset == 0) http.RecordRead(audit, "upcloud.audit_logs.list", http.Request.QueryString.Value ?? "");
        http.Response.Headers[TotalHeader] = page.Value.Total?.ToString(CultureInfo.InvariantCulture);
        return new RecordsResult(page.Value.Entries, UpCloudRecord.Write) { Before = "{\"audit_logs\":["u8.ToArray(), After = "]}"u8.ToArray() };
    }

    /// <summary>UpCloud takes values of its lists alone; here a value also counts that some event has.</summary>
    private async ValueTask<Problem?> UnknownValuesAsync(HttpContext http, UpCloudQuery read)
    {
        var faults = new List<ProblemFault>();
        foreach (var (name, field, value) in read.Unfamiliar)
        {
            var count = await reader.CountAsync(http.Scope(), new() { Conditions = [FieldCondition.Is(field, value)] }, http.RequestAborted);
            if (!count.IsOk) return count.Problem;
            if (count.Value == 0) faults.Add(new(null, name, $"The value '{value}' is not one of the filter options."));
        }
        return faults.Count == 0 ? null : new(ProblemKind.Invalid, "Validation error.") { Faults = faults };
    }

    private async ValueTask<IResult> GetAsync(HttpContext http)
    {
        var id = http.Request.RouteValues["cloud_event_id"] as string ?? "";
        var found = (await reader.FindAsync(http.Scope(), id, http.RequestAborted)).OrMissing();
        if (found.Problem?.Kind == ProblemKind.NotFound && Ulid.TryReadSequence(id, out var sequence)) found = await BySequenceAsync(http, id, sequence);
        if (!found.IsOk) return found.Problem.ToResult();
        http.RecordRead(audit, "upcloud.audit_logs.get", $"sequence={found.Value.Sequence}");
        return new RecordsResult([found.Value], UpCloudRecord.Write) { Before = default, After = default };
    }

    private async ValueTask<Result<StoredEntry>> BySequenceAsync(HttpContext http, string id, long sequence)
    {
        var found = (await reader.GetAsync(http.Scope(), sequence, http.RequestAborted)).OrMissing();
        if (!found.IsOk) return found;
        var fields = new EntryFields();
        fields.Read(found.Value);
        return UpCloudRecord.EventIdOf(fields) == id ? found : new Problem(ProblemKind.NotFound, "The resource you requested does not exist.");
    }

    private async ValueTask<IResult> OptionsAsync(HttpContext http)
    {
        var own = new EventFilter { Conditions = [VendorView.Condition with { Not = false }] };
        var all = await reader.FacetsAsync(http.Scope(), EventFilter.All, OptionFields, ValuesMax, http.RequestAborted);
        var left = await reader.FacetsAsync(http.Scope(), own, OptionFields, ValuesMax, http.RequestAborted);
        if ((all.Problem ?? left.Problem) is { } problem) return problem.ToResult();
        http.RecordRead(audit, "upcloud.audit_logs.filter_options", "");
        var body = new UpCloudFilterOptions(
            Options(UpCloudQuery.ResourceTypes, all.Value.Fields[0], left.Value.Fields[0]), Options(UpCloudQuery.Actions, all.Value.Fields[1], left.Value.Fields[1]), UpCloudQuery.Origins);
        return new WrittenJson(json => JsonSerializer.Serialize(json, body, UpCloudJson.Default.UpCloudFilterOptions));
    }

    /// <summary>The documented values, and behind them what else some event has.</summary>
    private static IReadOnlyList<string> Options(IReadOnlyList<string> documented, Facet all, Facet own)
    {
        var left = own.Values.ToDictionary(value => value.Value, value => value.Count);
        var seen = all.Values.Where(value => value.Count > left.GetValueOrDefault(value.Value)).Select(value => value.Value);
        return [.. documented, .. seen.Except(documented).Order(StringComparer.Ordinal)];
    }

    private ValueTask<IResult> Export(HttpContext http)
    {
        var parameters = ParameterReader.Lenient(http.Request.Query);
        var format = parameters.Choice("format", ["csv", "json"]) ?? "csv";
        if (parameters.Problem() is { } problem) return ValueTask.FromResult(problem.ToResult());
        http.RecordExport(audit, "upcloud.audit_logs.export", $"format={format}");
        var now = time.GetUtcNow();
        return ValueTask.FromResult<IResult>(new ExportResult(reader, new(http.Scope(), UpCloudQuery.Since(now, options), EventOrder.Time, Descending: true, format == "csv" ? Csv : Json)
        {
            At = now,
            NamedFile = "audit-logs-export." + format,
        }));
    }
}
