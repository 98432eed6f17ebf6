using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Schema;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Each value that fields have among the events that match, and how often.</summary>
internal static class FacetEndpoints
{
    private const int ValuesDefault = 100;
    private const int ValuesMax = 1_000;

    private static readonly string[] Names = [.. EventParameters.Fields.Select(field => field.Name), "tenant"];

    public static void MapFacets(this IEndpointRouteBuilder api) => api.MapGet("/facets", GetAsync).RequirePermission(Permission.AuditList).AllowAllTenants().AllowViewers();

    private static async Task<IResult> GetAsync(HttpContext http, IEventReader reader, ReadAudit audit, TimeProvider time)
    {
        var parameters = new ParameterReader(http.Request.Query);
        var filter = EventParameters.Filter(parameters, time.GetUtcNow());
        var fields = Fields(parameters);
        var valuesMax = (int)(parameters.Number("limit", 1, ValuesMax) ?? ValuesDefault);
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var facets = await reader.FacetsAsync(http.Scope(), filter, fields, valuesMax, http.RequestAborted);
        if (!facets.IsOk) return facets.Problem.ToResult();
        http.RecordRead(audit, "events.facets", QueryText.Of(http.Request));
        return new WrittenJson(json => Write(json, facets.Value));
    }

    private static IReadOnlyList<EventField> Fields(ParameterReader parameters)
    {
        var names = parameters.Texts("fields");
        if (names.Count == 0) return Facets.DefaultFields;
        var fields = new List<EventField>();
        foreach (var name in names.Distinct())
        {
            if (EventParameters.TryFind(name, out var field) || EventSchema.TryFind(name, out field) && field == EventField.Tenant) fields.Add(field);
            else parameters.Refuse("fields", $"names {name}, which has no facet{NearestName.Hint(name, Names)}");
        }
        return fields;
    }

    /// <summary>Beside the fields, whose names nobody else has: how many values there are of those that were cut, and up to when the answer is complete.</summary>
    private static void Write(Utf8JsonWriter json, Facets facets)
    {
        json.WriteStartObject();
        foreach (var facet in facets.Fields)
        {
            json.WriteStartArray(NameOf(facet.Field));
            foreach (var value in facet.Values)
            {
                json.WriteStartObject();
                json.WriteString("value"u8, value.Value);
                json.WriteNumber("count"u8, value.Count);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteStartObject("cut"u8);
        foreach (var facet in facets.Fields.Where(facet => facet.Distinct > facet.Values.Count)) json.WriteNumber(NameOf(facet.Field), facet.Distinct);
        json.WriteEndObject();
        json.WriteString("complete_through"u8, facets.CompleteThrough.ToString());
        json.WriteEndObject();
    }

    private static string NameOf(EventField field) => EventParameters.NameOf(field) ?? EventSchema.Of(field).Path;
}
