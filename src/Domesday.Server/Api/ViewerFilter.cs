using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Http.Parameters;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Domesday.Server.Api;

/// <summary>What a viewer's token shows: values of fields, as the parameters of a query or one by one, so that a customer's id cannot say more than itself.</summary>
internal static class ViewerFilter
{
    private const int CharsMax = 2_048;

    /// <summary>Reads the members <c>filter</c> and <c>fields</c>; faults are the body's.</summary>
    /// <returns>The limits, and the same as the parameters of a query.</returns>
    public static (IReadOnlyList<FieldLimit> Limits, string Filter) Read(JsonBody body, TimeProvider time)
    {
        var query = body.Text("filter", CharsMax) ?? "";
        var fields = body.TextLists("fields") ?? new Dictionary<string, IReadOnlyList<string>>();
        var written = WrittenOf(fields, body);
        FieldLimit[] limits = [.. LimitsOf(query, "filter", body, time), .. LimitsOf(written, "fields", body, time)];
        if (query.Length + written.Length > CharsMax) body.Fault("fields", $"are longer than {CharsMax} characters together with filter");
        else if (!Array.Exists(limits, limit => !limit.Not)) body.Fault("fields", "or filter must name a value that events must have: a token without would show the whole tenant");
        return (limits, string.Join('&', ((string[])[query, written]).Where(part => part.Length > 0)));
    }

    private static string WrittenOf(IReadOnlyDictionary<string, IReadOnlyList<string>> fields, JsonBody body)
    {
        foreach (var (name, values) in fields)
        {
            if (values.Count == 0) body.Fault("fields." + name, "has no value");
        }
        return QueryString.Create(fields.Select(field => new KeyValuePair<string, StringValues>(field.Key, CommaList.Join(field.Value)))).Value is { Length: > 1 } text ? text[1..] : "";
    }

    private static IEnumerable<FieldLimit> LimitsOf(string query, string member, JsonBody body, TimeProvider time)
    {
        var filter = FilterText.Read(query, time);
        if (!filter.IsOk)
        {
            foreach (var fault in filter.Problem.Faults) body.Fault($"{member}.{fault.Field?.Split('.', 2)[^1]}", fault.Reason);
            return [];
        }
        // Whatever else a filter may say must be refused and not be passed over: the token would show more than was meant.
        var isPlain = filter.Value with { Conditions = EventFilter.All.Conditions } == EventFilter.All && filter.Value.Conditions.All(condition => condition is { Match: MatchKind.Equal, IgnoreCase: false });
        if (!isPlain) body.Fault(member, "may have values of fields, wanted or excluded, and nothing else, such as q");
        return isPlain ? filter.Value.Conditions.Select(condition => new FieldLimit(condition.Field, condition.Values) { Not = condition.Not }) : [];
    }
}
