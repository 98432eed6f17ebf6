using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Domesday.Core.Access;
using Domesday.Http.Authorization;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Tests.Access;

/// <summary>Every route times every kind of principal who may not: nothing leaks, and what is there looks like what is not.</summary>
public sealed partial class NegativeMatrixTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal static IEnumerable<RouteCase> Guarded => RouteTable.All.Where(route => route.For != RouteFor.Everybody);

    [Fact]
    public async Task Every_route_has_an_entry_that_says_for_whom_it_is()
    {
        await using var world = await MatrixWorld.StartAsync();
        var told = world.Service.Service.Routes.SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            .Select(method => (Name: $"{method} {"/" + route.RoutePattern.RawText!.Trim('/')}", Says: SaidBy(route)))).ToDictionary(route => route.Name, route => route.Says);
        var known = RouteTable.All.ToDictionary(route => route.Route, route => (route.For, route.Needs, route.Or));
        var missing = told.Keys.Except(known.Keys).Select(name => $"{name} is not in RouteTable");
        var gone = known.Keys.Except(told.Keys).Select(name => $"{name} of RouteTable is no route");
        var other = told.Where(route => known.TryGetValue(route.Key, out var entry) && entry != route.Value).Select(route => $"{route.Key} is for {route.Value}, RouteTable says {known[route.Key]}");
        Assert.Empty(missing.Concat(gone).Concat(other));
    }

    [Fact]
    public async Task Somebody_of_another_tenant_cannot_tell_what_is_there_from_what_is_not()
    {
        await using var world = await MatrixWorld.StartAsync();
        await world.Service.UserAsync("stranger", "stranger", "tenant_admin");
        using var stranger = await world.Service.SignedInAsync("stranger");
        var before = await KeptAsync(world);
        foreach (var route in Guarded.Where(route => route.NamesSomething && !route.IsEndless))
        {
            var (there, absent) = (await AskAsync(stranger, route, MatrixWorld.Call(route, world.There)), await AskAsync(stranger, route, MatrixWorld.Call(route, MatrixWorld.NotThere)));
            Assert.True(Neutral(there, world.There) == Neutral(absent, MatrixWorld.NotThere), $"{route.Route}\n  there:  {there}\n  absent: {absent}");
            Assert.DoesNotContain(MatrixWorld.TenantMark, WithoutNames(there, world.There), StringComparison.Ordinal);
        }
        Assert.Equal(before, await KeptAsync(world));
    }

    [Fact]
    public async Task Naming_another_tenant_is_answered_as_naming_one_that_is_not_there()
    {
        await using var world = await MatrixWorld.StartAsync();
        await world.Service.UserAsync("stranger", "stranger", "tenant_admin");
        using var stranger = await world.Service.SignedInAsync("stranger");
        var before = await KeptAsync(world);
        foreach (var route in Guarded.Where(route => !route.TakesKeyInPath))
        {
            var (path, body) = MatrixWorld.Call(route, world.There);
            var join = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var there = await AskAsync(stranger, route, ($"{path}{join}tenant={MatrixWorld.Tenant}", body));
            var absent = await AskAsync(stranger, route, ($"{path}{join}tenant=absent", body));
            Assert.StartsWith("404", there, StringComparison.Ordinal);
            Assert.True(there.Replace(MatrixWorld.Tenant, "absent", StringComparison.Ordinal) == absent, $"{route.Route}\n  there:  {there}\n  absent: {absent}");
        }
        Assert.Equal(before, await KeptAsync(world));
    }

    /// <summary>Two services that differ only in what the reader may not see, in kind and in number, must give it the same bytes.</summary>
    [Fact]
    public async Task What_happens_in_another_project_changes_no_byte_of_any_answer()
    {
        await using var world = await MatrixWorld.StartAsync();
        await using var twin = await MatrixWorld.StartAsync("two", more: 7);
        using var viewer = await ViewerAsync(world);
        using var ofTwin = await ViewerAsync(twin);
        var answered = 0;
        foreach (var route in Guarded.Where(route => !route.IsEndless && !route.TakesKeyInPath))
        {
            var (here, there) = (await AskAsync(viewer, route, MatrixWorld.Call(route, world.There)), await AskAsync(ofTwin, route, MatrixWorld.Call(route, twin.There)));
            Assert.True(Neutral(WithoutSalts(here), world.There) == Neutral(WithoutSalts(there), twin.There), $"{route.Route}\n  one:  {here}\n  twin: {there}");
            Assert.DoesNotContain(MatrixWorld.ProjectMark, here, StringComparison.Ordinal);
            if (here.StartsWith("200", StringComparison.Ordinal) && route.For == RouteFor.Project) answered++;
        }
        Assert.True(answered >= 5, $"Only {answered} routes answered: the others compare refusals alone.");
    }

    /// <summary>Lists, facets, exports and filter options of one tenant name nothing of another, though nobody names that one.</summary>
    [Fact]
    public async Task What_another_tenant_has_stands_in_no_answer()
    {
        await using var world = await MatrixWorld.StartAsync();
        using var stranger = await StrangerAsync(world);
        var answered = 0;
        foreach (var route in Guarded.Where(route => route is { IsEndless: false, For: not RouteFor.Operator } && route.Method == HttpMethod.Get))
        {
            var answer = await AskAsync(stranger, route, MatrixWorld.Call(route, MatrixWorld.NotThere));
            Assert.DoesNotContain(MatrixWorld.TenantMark, answer, StringComparison.Ordinal);
            Assert.DoesNotContain(MatrixWorld.ProjectMark, answer, StringComparison.Ordinal);
            if (answer.StartsWith("200", StringComparison.Ordinal)) answered++;
        }
        Assert.True(answered >= 20, $"Only {answered} routes answered.");
    }

    [Theory]
    [InlineData("/audit/v1/events?limit=1", "next_cursor", "/audit/v1/events?limit=1000&cursor=")]
    [InlineData("/audit/v1/events?limit=1&sort=time", "next_cursor", "/audit/v1/events?limit=1000&sort=time&cursor=")]
    [InlineData("/v1/audits?limit=1", "listmeta.continue", "/v1/audits?limit=50&continue=")]
    public async Task A_place_in_somebody_elses_list_opens_nothing_of_it(string list, string place, string next)
    {
        await using var world = await MatrixWorld.StartAsync();
        using var viewer = await ViewerAsync(world);
        using var stranger = await StrangerAsync(world);
        var whole = await TestService.GetAsync(world.Service.Admin, $"{list}&tenant={MatrixWorld.Tenant}");
        var foreign = place.Split('.').Aggregate((JsonNode)whole, (node, name) => node[name]!).GetValue<string>();
        Assert.NotEqual("", foreign);
        var (ofViewer, ofStranger) = (await AnswerAsync(viewer, next + Uri.EscapeDataString(foreign)), await AnswerAsync(stranger, next + Uri.EscapeDataString(foreign)));
        Assert.DoesNotContain(MatrixWorld.ProjectMark, ofViewer + ofStranger, StringComparison.Ordinal);
        Assert.DoesNotContain(MatrixWorld.TenantMark, ofStranger, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_of_a_project_viewer_holds_what_it_may_see_and_foreign_cursors_open_nothing()
    {
        await using var world = await MatrixWorld.StartAsync();
        using var viewer = await ViewerAsync(world);
        var seen = new List<string>();
        for (string? cursor = null; ;)
        {
            var page = await TestService.GetAsync(viewer, "/audit/v1/events?limit=1" + (cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor)));
            seen.AddRange(page["events"]!.AsArray().Select(found => found!["id"]!.GetValue<string>()));
            if ((cursor = page["next_cursor"]?.GetValue<string>()) is null) break;
        }
        Assert.Equal([MatrixWorld.LastVisible, "v1", "v2"], seen.Order(StringComparer.Ordinal));
        var whole = await TestService.GetAsync(world.Service.Admin, $"/audit/v1/events?limit=1&tenant={MatrixWorld.Tenant}");
        var foreign = Uri.EscapeDataString(whole["next_cursor"]!.GetValue<string>());
        using var reused = await viewer.GetAsync($"/audit/v1/events?limit=1000&cursor={foreign}", Cancellation);
        Assert.DoesNotContain(MatrixWorld.ProjectMark, await reused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_answer_shows_a_project_viewer_its_projects_alone()
    {
        await using var world = await MatrixWorld.StartAsync();
        using var viewer = await ViewerAsync(world);
        foreach (var route in Guarded.Where(route => route.IsEndless))
        {
            using var request = new HttpRequestMessage(route.Method, MatrixWorld.Call(route, world.There).Path);
            request.Headers.TryAddWithoutValidation("Last-Event-ID", "0");
            using var response = await viewer.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
            var text = new StringBuilder();
            while (!text.ToString().Contains($"\"{MatrixWorld.LastVisible}\"", StringComparison.Ordinal)) text.AppendLine(await reader.ReadLineAsync(Cancellation));
            Assert.DoesNotContain(MatrixWorld.ProjectMark, text.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_role_is_refused_wherever_its_permissions_end()
    {
        await using var world = await MatrixWorld.StartAsync();
        foreach (var (role, projects, permissions) in Roles())
        {
            var name = "holder-" + role;
            await world.Service.UserAsync(MatrixWorld.Tenant, name, role == "none" ? null : role, projects);
            using var client = await world.Service.SignedInAsync(name);
            foreach (var route in Guarded.Where(route => route.For != RouteFor.Anybody && !IsAllowed(route, permissions, projects.Length > 0)))
            {
                var (there, absent) = (await AskAsync(client, route, MatrixWorld.Call(route, world.There)), await AskAsync(client, route, MatrixWorld.Call(route, MatrixWorld.NotThere)));
                Assert.True(there.StartsWith("403", StringComparison.Ordinal), $"{role} {route.Route}: {there}");
                Assert.Equal(there, absent);
            }
        }
    }

    private static async Task<string> AnswerAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, Cancellation);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    private static async Task<HttpClient> StrangerAsync(MatrixWorld world)
    {
        await world.Service.UserAsync("stranger", "stranger", "tenant_admin");
        return world.Service.Client(People.Basic("stranger", People.Password));
    }

    private static async Task<HttpClient> ViewerAsync(MatrixWorld world)
    {
        // All that a list of projects can limit, so that routes are reached and not only refused.
        await TestService.PostAsync(world.Service.Admin, $"/audit/v1/roles?tenant={MatrixWorld.Tenant}",
            new() { ["name"] = "everything", ["permissions"] = new JsonArray("audit.*", "proof.*", "config.*", "access.*", "sink.*", "quarantine") });
        await world.Service.UserAsync(MatrixWorld.Tenant, "viewer", "everything", "p1");
        return world.Service.Client(People.Basic("viewer", People.Password));
    }

    private static IEnumerable<(string Role, string[] Projects, Permission Permissions)> Roles() =>
    [
        ("none", [], Permission.None),
        .. BuiltInRoles.All.Where(role => role.Name != BuiltInRoles.SystemAdministrator).Select(role => (role.Name, role.NeedsProjects ? (string[])["p1"] : [], role.Permissions)),
    ];

    private static bool IsAllowed(RouteCase route, Permission permissions, bool isLimited) =>
        route.For != RouteFor.Operator && ((permissions & route.Needs) == route.Needs || (route.Or is { } or && permissions.HasFlag(or))) && !(isLimited && route.For == RouteFor.Tenant);

    internal static async Task<string> AskAsync(HttpClient client, RouteCase route, (string Path, string? Body) call)
    {
        using var request = new HttpRequestMessage(route.Method, call.Path);
        if (call.Body is not null) request.Content = new StringContent(call.Body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, route.IsEndless ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead, Cancellation);
        var headers = response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not ("Date" or "Content-Length")).OrderBy(header => header.Key, StringComparer.Ordinal);
        var body = route.IsEndless && response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync(Cancellation);
        return Correlation().Replace($"{(int)response.StatusCode} {string.Join(' ', headers.Select(header => $"{header.Key}={string.Join(',', header.Value)}"))} {body}", "<random>");
    }

    /// <summary>What the tenant has: its ledger without the records of reading, and its access records.</summary>
    private static async Task<string> KeptAsync(MatrixWorld world)
    {
        var state = world.Service.Service.Core.Ledger.State;
        var versions = state.Users.Values.Where(user => user.Tenant == MatrixWorld.Tenant).Select(user => (user.Id, user.Version))
            .Concat(state.Applications.Values.Where(application => application.Tenant == MatrixWorld.Tenant).Select(application => (application.Id, application.Version)))
            .Concat(state.Keys.Values.Where(key => key.Tenant == MatrixWorld.Tenant).Select(key => (key.Id, key.Version)))
            .Concat(state.Roles.Values.Where(role => role.Tenant == MatrixWorld.Tenant).Select(role => (role.Name, role.Version)))
            .Concat(state.Grants.Values.Where(grant => grant.Tenant == MatrixWorld.Tenant).Select(grant => (grant.Id, grant.Version)))
            .Append((MatrixWorld.Tenant, state.Tenants[MatrixWorld.Tenant].Version));
        var events = (await world.Service.EventsAsync(MatrixWorld.Tenant)).Select(kept => (kept.Id!, kept.Sequence!.Value));
        return string.Join('\n', versions.Concat(events).Order());
    }

    /// <summary>An answer with what was asked for by its kind instead of its name. Numbers count only where one is named: 12 may stand in any picture or salt.</summary>
    internal static string Neutral(string answer, IReadOnlyDictionary<string, string> names) =>
        names.OrderByDescending(name => name.Value.Length).Where(name => name.Value.Length > 1).Aggregate(answer, (sum, name) => name.Value.All(char.IsAsciiDigit)
            ? Regex.Replace(sum, $"(?<=/|\":){name.Value}(?![0-9])", $"<{name.Key}>", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10))
            : sum.Replace(name.Value, $"<{name.Key}>", StringComparison.Ordinal));

    private static string WithoutNames(string answer, IReadOnlyDictionary<string, string> names) => Neutral(answer, names);

    /// <summary>Random by design, and of events that the reader may see.</summary>
    internal static string WithoutSalts(string answer) => Random().Replace(answer, "<random>");

    private static (RouteFor For, Permission Needs, Permission? Or) SaidBy(RouteEndpoint route)
    {
        var requirement = PermissionRequirement.Of(route)!;
        var reach = requirement.Permission switch
        {
            null => RouteFor.Everybody,
            Permission.None => RouteFor.Anybody,
            _ when RouteReach.Of(route).OperatorOnly => RouteFor.Operator,
            _ => requirement.WholeTenant ? RouteFor.Tenant : RouteFor.Project,
        };
        return (reach, requirement.Permission ?? Permission.None, requirement.Or);
    }

    /// <summary>What dialects make up for each answer.</summary>
    [GeneratedRegex("(?<=\"(correlation_id|ref)\":\")[0-9A-Za-z]{26,32}(?=\")", RegexOptions.CultureInvariant)]
    private static partial Regex Correlation();

    [GeneratedRegex("(?<=\"(salt|leaf_hash|id|sha256|session|hash|token)\":\")[0-9A-Za-z+/=_.-]{20,}(?=\")|usr_[0-9a-f]{16}|\\bv[a-km-z2-9]{9}\\b|[0-9A-HJKMNP-TV-Z]{26}", RegexOptions.CultureInvariant)]
    private static partial Regex Random();
}
