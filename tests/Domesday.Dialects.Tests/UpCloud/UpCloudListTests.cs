using System.Net;
using System.Text.Json.Nodes;
using Domesday.Events;

namespace Domesday.Dialects.Tests.UpCloud;

/// <summary>What a client of UpCloud's audit log relies on.</summary>
public class UpCloudListTests
{
    private const string List = "/1.3/audit-logs";

    [Fact]
    public async Task The_list_is_newest_first_with_the_total_in_a_header()
    {
        await using var host = await DialectHost.StartAsync();
        await host.AppendAsync([.. Enumerable.Range(0, 60).Select(i => Event(host, i))]);
        var (response, body) = await DialectHost.GetAsync(host.Reader, List);
        Assert.Equal("60", Assert.Single(response.Headers.GetValues("Upcloud-Total-Count")));
        var logs = JsonNode.Parse(body)!["audit_logs"]!.AsArray();
        Assert.Equal(50, logs.Count);
        Assert.Equal(["server-0", "server-1"], logs.Take(2).Select(log => log!["resource_id"]!.GetValue<string>()));
    }

    [Fact]
    public async Task An_error_of_any_sort_is_a_problem_without_charset()
    {
        await using var host = await DialectHost.StartAsync();
        await IsProblemAsync(host.Reader, HttpMethod.Get, List + "?limit=201", HttpStatusCode.BadRequest, "ERROR_INVALID_REQUEST");
        await IsProblemAsync(host.Nobody, HttpMethod.Get, List, HttpStatusCode.Unauthorized, "ERROR_AUTHENTICATION_FAILED");
        await IsProblemAsync(host.Writer, HttpMethod.Get, List, HttpStatusCode.Forbidden, "ERROR_FORBIDDEN");
        await IsProblemAsync(host.Reader, HttpMethod.Get, List + "/01KC8T59GZXZTNCZMYGJXGFSGM", HttpStatusCode.NotFound, "ERROR_RESOURCE_NOT_FOUND");
        await IsProblemAsync(host.Reader, HttpMethod.Get, List + "/a/b", HttpStatusCode.NotFound, "ERROR_RESOURCE_NOT_FOUND");
        await IsProblemAsync(host.Reader, HttpMethod.Delete, List, HttpStatusCode.MethodNotAllowed, "ERROR_METHOD_NOT_ALLOWED");
    }

    private static async Task IsProblemAsync(HttpClient client, HttpMethod method, string path, HttpStatusCode status, string type)
    {
        var (response, body) = await DialectHost.SendAsync(client, method, path);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", Assert.Single(response.Content.Headers.NonValidated["Content-Type"]));
        var problem = JsonNode.Parse(body)!;
        Assert.Equal("https://developers.upcloud.com/1.3/errors#" + type, problem["type"]!.GetValue<string>());
        Assert.Equal((int)status, problem["status"]!.GetValue<int>());
        Assert.Matches("^[0-9A-Z]{26}$", problem["correlation_id"]!.GetValue<string>());
        Assert.NotEmpty(problem["title"]!.GetValue<string>());
        Assert.Equal(status == HttpStatusCode.BadRequest, problem["invalid_params"] is JsonArray);
    }

    private static AuditEvent Event(DialectHost host, int minutes) => new()
    {
        Time = host.Ago(TimeSpan.FromMinutes(minutes)),
        Action = "create",
        Actor = new() { Type = ActorType.User, Name = "alice" },
        Resource = new() { Type = "server", Id = $"server-{minutes}" },
    };
}
