using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Domesday.Server.Tests.Access;

namespace Domesday.Server.Tests.Api;

/// <summary>Capturers learn at once what they shall capture.</summary>
public sealed class PolicyTests
{
    private const string Policies = "/audit/v1/policies";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenant_without_a_policy_has_metadata_recorded()
    {
        await using var service = await TestService.StartAsync();
        using var capturer = service.Bearer((await service.KeyAsync("default", "write")).Text);
        var answer = await TestService.GetAsync(capturer, Policies);
        Assert.Equal((0, "metadata"), (answer["version"]!.GetValue<int>(), answer["policy"]!["level"]!.GetValue<string>()));
    }

    /// <summary>The auditor reads everything in the tenant, and what is recorded at all is among the first questions.</summary>
    [Fact]
    public async Task An_auditor_reads_what_is_captured_and_changes_nothing_of_it()
    {
        await using var service = await TestService.StartAsync();
        await service.UserAsync("default", "audrey", "auditor");
        using var auditor = service.Client(People.Basic("audrey", People.Password));
        var answer = await TestService.GetAsync(auditor, Policies);
        Assert.Equal("metadata", answer["policy"]!["level"]!.GetValue<string>());
        using var refused = await PutAsync(auditor, """{"level":"none"}""");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Whoever_waits_gets_the_change_when_it_is_made()
    {
        await using var service = await TestService.StartAsync();
        using var capturer = service.Bearer((await service.KeyAsync("default", "write")).Text);
        using var first = await capturer.GetAsync(Policies, Cancellation);
        var waiting = GetAsync(capturer, Policies + "?wait=60", first.Headers.ETag!);
        await service.KeyAsync("default", "read");
        Assert.False(waiting.IsCompleted);
        using var set = await PutAsync(service.Admin, """{"level":"request","rules":[{"level":"none","methods":["GET"],"paths":["/health/**"]}]}""");
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        using var changed = await waiting;
        var answer = await TestService.JsonAsync(changed);
        Assert.Equal("request", answer["policy"]!["level"]!.GetValue<string>());
        Assert.Equal(set.Headers.ETag, changed.Headers.ETag);
        Assert.NotEqual(first.Headers.ETag, changed.Headers.ETag);
    }

    [Fact]
    public async Task Whoever_has_the_newest_policy_is_told_so()
    {
        await using var service = await TestService.StartAsync();
        using var capturer = service.Bearer((await service.KeyAsync("default", "write")).Text);
        using var first = await capturer.GetAsync(Policies, Cancellation);
        using var again = await GetAsync(capturer, Policies, first.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(first.Headers.ETag, again.Headers.ETag);
    }

    [Fact]
    public async Task A_policy_with_faults_is_refused_with_all_of_them_and_changes_nothing()
    {
        await using var service = await TestService.StartAsync();
        foreach (var (body, fields) in new[]
        {
            ("""{"level":"request","rules":[{"level":"none","paths":["x"],"statuses":["9"]}]}""", "rules[0].statuses,rules[0].paths"),
            ("""{"level":"loud"}""", "level"),
            ("""{"level":"none","colour":1}""", "colour"),
            ("""{"level":"none","rules":[null]}""", "rules"),
            ("""{"level":"none","rules":[{"level":"none","paths":["/x",null]}],"redaction":{"names":[null]}}""", "redaction.names,rules[0].paths"),
            ("""{"level":"none","rules":null}""", "rules"),
        })
        {
            using var response = await PutAsync(service.Admin, body);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var errors = (await TestService.JsonAsync(response))["errors"]!.AsArray();
            Assert.Equal(fields, string.Join(',', errors.Select(error => error!["field"]!.GetValue<string>())));
        }
        using var torn = await PutAsync(service.Admin, "{");
        Assert.Equal(HttpStatusCode.BadRequest, torn.StatusCode);
        Assert.Equal(0, (await TestService.GetAsync(service.Admin, Policies))["version"]!.GetValue<int>());
    }

    [Fact]
    public async Task Two_who_change_it_at_once_do_not_overwrite_each_other()
    {
        await using var service = await TestService.StartAsync();
        using var first = await PutAsync(service.Admin, """{"level":"request"}""", "\"0\"");
        using var second = await PutAsync(service.Admin, """{"level":"none"}""", "\"0\"");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task A_change_is_recorded_with_before_and_after()
    {
        await using var service = await TestService.StartAsync();
        using (await PutAsync(service.Admin, """{"level":"request"}""")) { }
        using (await PutAsync(service.Admin, """{"level":"none"}""")) { }
        var change = await service.EventAsync("default", kept => kept.Operation == "control.capture_policy.set_level_none");
        Assert.Equal("request", change.Change!.Before!.Value.GetProperty("policy").GetProperty("level").GetString());
        Assert.Equal("admin", change.Actor!.Name);
    }

    [Theory]
    [InlineData(null, """{"level":"none"}""", "set_level_none")]
    [InlineData(null, """{"level":"metadata","ignore":["/_ping","/audit/of/mine"]}""", "lower")]
    [InlineData(null, """{"level":"request"}""", "create")]
    [InlineData("""{"level":"request"}""", """{"level":"metadata"}""", "set_level_metadata")]
    [InlineData("""{"level":"none"}""", """{"level":"metadata"}""", "raise_level_metadata")]
    [InlineData("""{"level":"request"}""", """{"level":"request","rules":[{"paths":["/**"],"level":"none"}]}""", "lower")]
    [InlineData("""{"level":"metadata","rules":[{"paths":["/a"],"level":"request"}]}""", """{"level":"metadata"}""", "lower")]
    [InlineData("""{"level":"metadata"}""", """{"level":"metadata","rules":[{"paths":["/a"],"level":"request"}]}""", "update")]
    public async Task That_less_is_recorded_from_now_on_shows_in_the_operation_however_it_was_said(string? before, string after, string word)
    {
        await using var service = await TestService.StartAsync();
        if (before is not null) using (await PutAsync(service.Admin, before)) { }
        using (await PutAsync(service.Admin, after)) { }
        var changes = (await service.EventsAsync("default")).Where(kept => kept.Resource?.Type == "capture_policy").ToList();
        Assert.Equal("control.capture_policy." + word, changes[^1].Operation);
        var isTold = Domesday.Core.Alerts.StockAlerts.Find("capture-lowered")!.Filter["operation=".Length..].Split(',').Contains(changes[^1].Operation);
        Assert.Equal(word is "lower" || word.StartsWith("set_level_", StringComparison.Ordinal), isTold);
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string path, EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(tag);
        return await client.SendAsync(request, Cancellation);
    }

    private static async Task<HttpResponseMessage> PutAsync(HttpClient client, string body, string? match = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, Policies) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (match is not null) request.Headers.TryAddWithoutValidation("If-Match", match);
        return await client.SendAsync(request, Cancellation);
    }
}
