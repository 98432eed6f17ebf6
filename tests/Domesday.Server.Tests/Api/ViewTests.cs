using System.Net;
using System.Text.Json.Nodes;
using Domesday.Server.Tests.Access;
using Domesday.TestKit;

namespace Domesday.Server.Tests.Api;

/// <summary>Saved selections of events.</summary>
public sealed class ViewTests
{
    private const string Views = "/audit/v1/views";

    private static JsonObject Body(string name, string query, bool shared = false) => new() { ["name"] = name, ["query"] = query, ["shared"] = shared };

    private static async Task<IReadOnlyList<string>> NamesAsync(HttpClient client, string kind) =>
        [.. (await TestService.GetAsync(client, Views))["views"]!.AsArray().Where(view => view!["kind"]!.GetValue<string>() == kind).Select(view => view!["name"]!.GetValue<string>())];

    [Fact]
    public async Task One_sees_ones_own_views_those_that_are_shared_and_the_stock()
    {
        await using var service = await TestService.StartAsync();
        await service.UserAsync("default", "jane", "auditor");
        using var jane = await service.SignedInAsync("jane");
        await TestService.PostAsync(jane, Views, Body("mine", "action=create"));
        await TestService.PostAsync(service.Admin, Views, Body("secret", "action=delete"));
        await TestService.PostAsync(service.Admin, Views, Body("for all", "action=update&columns=time~action", shared: true));
        Assert.Equal(["mine"], await NamesAsync(jane, "own"));
        Assert.Equal(["for all"], await NamesAsync(jane, "shared"));
        Assert.Contains("Failed logins", await NamesAsync(jane, "stock"));
    }

    [Fact]
    public async Task Views_outlive_a_restart_and_their_changes_are_recorded()
    {
        var store = new MemoryStore(TimeProvider.System);
        await using (var service = await TestService.StartAsync(store)) await TestService.PostAsync(service.Admin, Views, Body("kept", "action=create"));
        await using var again = await TestService.StartAsync(store);
        Assert.Equal(["kept"], await NamesAsync(again.Admin, "own"));
        Assert.Contains(await again.EventsAsync("default"), recorded => recorded is { Operation: "control.view.create", Actor.Name: "admin" });
    }

    [Fact]
    public async Task A_query_that_selects_nothing_sensible_is_refused_with_every_fault()
    {
        await using var service = await TestService.StartAsync();
        using var answer = await service.Admin.PostAsync(Views, System.Net.Http.Json.JsonContent.Create(Body("x", "acton=create&from=yesterday&tenant=other")), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(3, (await TestService.JsonAsync(answer))["errors"]!.AsArray().Count(fault => fault!["field"]!.GetValue<string>() == "query"));
    }

    [Fact]
    public async Task A_reader_of_some_projects_has_views_of_its_own_and_shares_none()
    {
        await using var service = await TestService.StartAsync();
        await service.UserAsync("default", "viewer", "project_viewer", "p1");
        using var viewer = await service.SignedInAsync("viewer");
        await TestService.PostAsync(service.Admin, Views, Body("names a secret project", "project=secret", shared: true));
        Assert.Empty(await NamesAsync(viewer, "shared"));
        await TestService.PostAsync(viewer, Views, Body("mine", "action=create"));
        Assert.Equal(["mine"], await NamesAsync(viewer, "own"));
        Assert.Equal(HttpStatusCode.Forbidden, await viewer.StatusAsync(HttpMethod.Post, Views, Body("for all", "action=create", shared: true)));
    }

    [Fact]
    public async Task A_shared_view_is_changed_by_who_saved_it_or_may_change_settings()
    {
        await using var service = await TestService.StartAsync();
        await service.UserAsync("default", "jane", "auditor");
        await service.UserAsync("default", "joe", "auditor");
        using var jane = await service.SignedInAsync("jane");
        using var joe = await service.SignedInAsync("joe");
        var id = (await TestService.PostAsync(jane, Views, Body("hers", "action=create", shared: true)))["id"]!.GetValue<string>();
        Assert.Equal(HttpStatusCode.Forbidden, await joe.StatusAsync(HttpMethod.Delete, $"{Views}/{id}"));
        Assert.Equal(HttpStatusCode.OK, await jane.StatusAsync(HttpMethod.Patch, $"{Views}/{id}", new() { ["shared"] = false }));
        Assert.Equal(HttpStatusCode.NotFound, await joe.StatusAsync(HttpMethod.Get, $"{Views}/{id}"));
        Assert.Equal(HttpStatusCode.OK, await jane.StatusAsync(HttpMethod.Patch, $"{Views}/{id}", new() { ["shared"] = true }));
        Assert.Equal(HttpStatusCode.NoContent, await service.Admin.StatusAsync(HttpMethod.Delete, $"{Views}/{id}"));
        Assert.Equal(HttpStatusCode.NotFound, await jane.StatusAsync(HttpMethod.Get, $"{Views}/{id}"));
    }

    [Fact]
    public async Task Every_stock_view_is_a_query_that_the_list_takes()
    {
        await using var service = await TestService.StartAsync();
        foreach (var view in (await TestService.GetAsync(service.Admin, Views))["views"]!.AsArray())
        {
            Assert.NotNull((await TestService.GetAsync(service.Admin, $"/audit/v1/events?{view!["query"]!.GetValue<string>()}"))["events"]);
        }
    }
}
