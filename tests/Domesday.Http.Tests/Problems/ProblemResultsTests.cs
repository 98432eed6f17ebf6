using System.Text.Json.Nodes;
using Domesday.Core.Problems;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Tests.Problems;

public sealed class ProblemResultsTests
{
    [Fact]
    public async Task Every_fault_is_named_with_its_index_field_and_reason()
    {
        var problem = new Problem(ProblemKind.Invalid, "2 of 3 events are not valid; nothing was stored.") { Faults = [new(0, "action", "is missing"), new(2, "time", "has no zone")] };
        var (http, body) = await AnswerAsync(problem);
        Assert.Equal((400, "application/problem+json"), (http.Response.StatusCode, http.Response.ContentType));
        Assert.Equal("/problems/invalid", body["type"]!.GetValue<string>());
        Assert.Equal("""[{"index":0,"field":"action","reason":"is missing"},{"index":2,"field":"time","reason":"has no zone"}]""", body["errors"]!.ToJsonString());
    }

    [Fact]
    public async Task A_wait_is_told_in_whole_seconds_and_never_too_short()
    {
        var (http, _) = await AnswerAsync(new(ProblemKind.TooMany, "Wait.", RetryAfter: TimeSpan.FromMilliseconds(1_200)));
        Assert.Equal("2", http.Response.Headers.RetryAfter.ToString());
        Assert.Equal(429, http.Response.StatusCode);
    }

    [Fact]
    public async Task A_missing_credential_is_answered_with_the_ways_to_bring_one()
    {
        var (http, _) = await AnswerAsync(new(ProblemKind.Unauthenticated, "No."));
        Assert.Contains("Basic", http.Response.Headers.WWWAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Contains("Bearer", http.Response.Headers.WWWAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_of_refusal_has_a_status_of_its_own()
    {
        var kinds = Enum.GetValues<ProblemKind>();
        Assert.Equal(kinds.Length, kinds.Select(ProblemResults.StatusOf).Distinct().Count());
    }

    private static async Task<(HttpContext Http, JsonObject Body)> AnswerAsync(Problem problem)
    {
        var http = new DefaultHttpContext();
        using var body = new MemoryStream();
        http.Response.Body = body;
        await problem.ToResult().ExecuteAsync(http);
        return (http, JsonNode.Parse(body.ToArray())!.AsObject());
    }
}
