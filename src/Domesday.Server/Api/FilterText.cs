using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Http.Parameters;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Domesday.Server.Api;

/// <summary>Filters that are kept, such as those of sinks and alerts: the parameters of a query, without times and places in the ledger.</summary>
internal static class FilterText
{
    public const int CharsMax = 4_096;

    private static readonly string[] OfOneQuery = ["from", "to", "from_sequence", "to_sequence", "tenant"];

    /// <returns><see cref="ProblemKind.Invalid"/> with every fault.</returns>
    public static Result<EventFilter> Read(string text, TimeProvider time)
    {
        var query = new QueryCollection(QueryHelpers.ParseQuery(text));
        var parameters = new ParameterReader(query);
        foreach (var name in OfOneQuery.Where(query.ContainsKey)) parameters.Refuse(name, "is for one query, not for a filter that is kept");
        var filter = EventParameters.Filter(parameters, time.GetUtcNow());
        if (parameters.Problem() is not { } problem) return filter;
        return problem with { Faults = [.. problem.Faults.Select(fault => fault with { Field = "filter." + fault.Field })] };
    }
}
