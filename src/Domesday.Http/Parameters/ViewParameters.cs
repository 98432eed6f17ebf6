using Domesday.Core.Access;
using Domesday.Core.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Domesday.Http.Parameters;

/// <summary>The parameters that a saved view may have: those that select and order events, and those that say how a page shows them.</summary>
public static class ViewParameters
{
    /// <summary>How a page shows events: columns with their widths, the time zone, whether the records of reading are shown.</summary>
    public static IReadOnlyList<string> OfPage { get; } = ["columns", "zone", "reads"];

    /// <summary>Every fault of a view's query; null when there is none.</summary>
    /// <param name="query">As in a URL, without a question mark.</param>
    public static Problem? Check(string query, DateTimeOffset now)
    {
        var reader = new ParameterReader(new QueryCollection(QueryHelpers.ParseQuery(query)));
        EventParameters.Filter(reader, now);
        PageParameters.Order(reader, AccessScope.WholeTenant(TenantName.Default), descending: true);
        foreach (var name in OfPage) reader.Text(name);
        if (reader.Has("tenant")) reader.Refuse("tenant", "is not a part of a view");
        return reader.Problem() is { } problem
            ? new(ProblemKind.Invalid, "The query is not valid.") { Faults = [.. problem.Faults.Select(fault => new ProblemFault(null, "query", $"{fault.Field} {fault.Reason}"))] }
            : null;
    }
}
