using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events.Schema;
using Domesday.Http.Parameters;
using Microsoft.AspNetCore.Http;

namespace Domesday.Dialects.RunAi;

/// <summary>The parameters of the old route. Every name is known in both spellings, <c>source_id</c> and <c>sourceId</c>: the vendor's own client sends the latter.</summary>
internal sealed record RunAiHistoryQuery(EventQuery Query, bool IsDownload, bool HasLimit)
{
    private const int LimitDefault = 40;

    /// <summary>What is asked for beyond it is cut, not refused: clients ask for 10,000.</summary>
    private const int LimitMax = 500;

    public static Result<RunAiHistoryQuery> Read(IQueryCollection query)
    {
        var parameters = ParameterReader.Lenient(query);
        var (limit, offset) = (parameters.Number("limit", 1, long.MaxValue), parameters.Number("offset", 0, long.MaxValue));
        var (from, to) = (parameters.LenientMoment("start"), parameters.LenientMoment("end", end: true));
        var conditions = new List<FieldCondition> { VendorView.Condition };
        AddIs(EventField.ScopeClusterId, "cluster_uuid", "clusterUuid");
        AddIs(EventField.ActorId, "source_id", "sourceId");
        AddIs(EventField.ActorName, "source_name", "sourceName");
        AddIs(EventField.ResourceId, "entity_id", "entityId");
        if (parameters.Text("action") is { } action) conditions.Add(FieldCondition.Is(EventField.Action, action) with { IgnoreCase = true });
        if (Either("entity_type", "entityType") is { } type) conditions.Add(RunAiWords.EntityType(type));
        if (Either("source_type", "sourceType") is { } source) conditions.Add(Source(source));
        if (Flag(parameters, "success") is { } success) conditions.Add(RunAiWords.Result(failed: !success));
        var download = Flag(parameters, "download") == true;
        if (parameters.Problem() is { } problem) return problem;
        return new RunAiHistoryQuery(new()
        {
            Filter = new() { From = from, To = to, Conditions = conditions },
            Limit = (int)Math.Min(limit ?? LimitDefault, LimitMax),
            Offset = offset ?? 0,
        }, download, limit is not null);

        string? Either(string name, string otherName) => parameters.Text(name) ?? parameters.Text(otherName);

        void AddIs(EventField field, string name, string otherName)
        {
            if (Either(name, otherName) is { } value) conditions.Add(FieldCondition.Is(field, value));
        }
    }

    private static FieldCondition Source(string value) => value.ToLowerInvariant() switch
    {
        "user" => RunAiWords.Source(machine: false),
        "application" or "app" => RunAiWords.Source(machine: true),
        _ => RunAiWords.Nothing,
    };

    private static bool? Flag(ParameterReader parameters, string name)
    {
        if (parameters.Text(name) is not { } text) return null;
        if (bool.TryParse(text, out var flag)) return flag;
        parameters.Refuse(name, "must be true or false");
        return null;
    }
}
