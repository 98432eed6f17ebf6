using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Schema;
using Domesday.Http.Parameters;
using Microsoft.AspNetCore.Http;

namespace Domesday.Dialects.PlatformPcd;

/// <summary>The parameters of the export. One value each; both times are inclusive; what shows as unknown is found as that.</summary>
internal sealed record PlatformPcdQuery(EventFilter Filter, Timestamp From, Timestamp To, long? Limit)
{
    private static readonly (string Name, EventField Field)[] Filters =
    [
        ("region", EventField.ScopeRegion),
        ("project_id", EventField.ScopeProjectId),
        ("user_id", EventField.ActorId),
        ("username", EventField.ActorName),
        ("resource_type", EventField.ResourceType),
        ("service", EventField.Service),
        ("domain", EventField.ScopeDomain),
        ("domain_id", EventField.ScopeDomain),
    ];

    public static Result<PlatformPcdQuery> Read(IQueryCollection query, DateTimeOffset now, PlatformPcdOptions options)
    {
        var parameters = ParameterReader.Lenient(query);
        var from = parameters.LenientMoment("start_time") ?? Timestamp.FromDateTimeOffset(now.AddHours(-options.DefaultHours));
        // What happened in this very second is shown, also when the source's clock is a little ahead.
        var to = parameters.LenientMoment("end_time", end: true) ?? Timestamp.FromDateTimeOffset(now.AddSeconds(1));
        var limit = parameters.Number("limit", 0, long.MaxValue);
        var conditions = new List<FieldCondition> { VendorView.Condition };
        foreach (var (name, field) in Filters)
        {
            if (parameters.Text(name) is { } value) conditions.Add(Condition(field, value));
        }
        if (parameters.Text("action") is { } action) conditions.Add(FieldCondition.Is(EventField.Action, PlatformPcdRecord.ActionsShownAs(action)));
        if (parameters.Problem() is { } problem) return problem;
        return new PlatformPcdQuery(new() { From = from, To = to, Conditions = conditions }, from, to, limit);
    }

    private static FieldCondition Condition(EventField field, string value) => value is PlatformPcdRecord.Unknown or PlatformPcdRecord.NoId
        ? new FieldCondition(field, MatchKind.Present, []) { Not = true }
        : FieldCondition.Is(field, value);
}
