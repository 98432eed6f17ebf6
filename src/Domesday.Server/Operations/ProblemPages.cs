using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Operations;

/// <summary>What stands behind the <c>type</c> of a problem: docs/problems, carried in the binary.</summary>
internal static class ProblemPages
{
    public static void MapProblemPages(this IEndpointRouteBuilder routes) => routes.MapGet("/problems/{kind}", Get).AllowUnauthenticated();

    /// <summary>The page of a kind; null when there is none.</summary>
    public static string? Read(string kind)
    {
        using var page = typeof(ProblemPages).Assembly.GetManifestResourceStream($"problems/{kind}");
        if (page is null) return null;
        using var reader = new StreamReader(page);
        return reader.ReadToEnd();
    }

    private static IResult Get(string kind) => Read(kind) is { } page
        ? TypedResults.Text(page, "text/markdown; charset=utf-8")
        : new Problem(ProblemKind.NotFound, "There is no such kind of problem.").ToResult();
}
