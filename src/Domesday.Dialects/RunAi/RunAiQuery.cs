using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events.Schema;
using Domesday.Http.Parameters;
using Microsoft.AspNetCore.Http;

namespace Domesday.Dialects.RunAi;

/// <summary>The parameters of the new routes, list and file; every name is known in both spellings.</summary>
/// <param name="SortField">Null: by time.</param>
/// <param name="Samples">As <c>numberOfSamples</c> says; null when it does not.</param>
internal sealed record RunAiQuery(EventFilter Filter, EventField? SortField, bool Descending, int? Samples, long Offset, bool IsJsonFile)
{
    public const int SamplesDefault = 20;

    private const int SamplesMax = 1_000;

    private static readonly string[] Required = ["start", "end"];

    private static readonly Dictionary<string, EventField> SortFields = new()
    {
        ["timestamp"] = EventField.Time,
        ["subject"] = EventField.ActorName,
        ["subject_type"] = EventField.ActorType,
        ["source_ip"] = EventField.SourceIp,
        ["action"] = EventField.Action,
        ["http_method"] = EventField.RequestMethod,
        ["result"] = EventField.OutcomeResult,
        ["url"] = EventField.RequestUri,
        ["entity_type"] = EventField.ResourceType,
        ["entity_name"] = EventField.ResourceName,
        ["entity_id"] = EventField.ResourceId,
    };

    public static Result<RunAiQuery> Read(IQueryCollection query)
    {
        var parameters = ParameterReader.Lenient(query);
        var missing = Required.Where(name => parameters.Text(name) is null).ToList();
        if (missing.Count > 0)
            return new Problem(ProblemKind.Invalid, RunAiErrors.MissingParameter) { Faults = [.. missing.Select(name => new ProblemFault(null, name, "is required"))] };
        var (from, to) = (parameters.LenientMoment("start"), parameters.LenientMoment("end", end: true));
        var samples = parameters.Number("numberOfSamples", 0, SamplesMax) ?? parameters.Number("number_of_samples", 0, SamplesMax);
        var offset = parameters.Number("offset", 0, int.MaxValue);
        var order = Either(parameters, "sortOrder", "sort_order")?.ToLowerInvariant();
        if (order is not (null or "asc" or "desc")) parameters.Refuse("sortOrder", "must be asc or desc");
        var sort = Sort(parameters);
        var file = Either(parameters, "file_type", "fileType")?.ToUpperInvariant();
        if (file is not (null or "CSV" or "JSON")) parameters.Refuse("file_type", "must be CSV or JSON");
        var filter = new EventFilter { From = from, To = to, Conditions = [VendorView.Condition] };
        foreach (var term in parameters.Texts(parameters.Has("filterBy") ? "filterBy" : "filter_by"))
        {
            if (RunAiTerm.TryApply(term, filter, out var narrowed, out var reason)) filter = narrowed;
            else parameters.Refuse("filterBy", reason);
        }
        if (parameters.Problem() is { } problem) return problem;
        return new RunAiQuery(filter, sort, order == "desc", (int?)samples, offset ?? 0, file == "JSON");
    }

    private static EventField? Sort(ParameterReader parameters)
    {
        if (Either(parameters, "sortBy", "sort_by") is not { } name) return null;
        if (!SortFields.TryGetValue(name.ToLowerInvariant(), out var field)) parameters.Refuse("sortBy", $"must be one of {string.Join(", ", SortFields.Keys)}");
        return field == EventField.Time || !SortFields.ContainsKey(name.ToLowerInvariant()) ? null : field;
    }

    private static string? Either(ParameterReader parameters, string name, string otherName) => parameters.Text(name) ?? parameters.Text(otherName);
}
