using System.Text;
using System.Text.Json.Nodes;
using Domesday.Ingest;
using Domesday.TestKit;

namespace Domesday.Server.Tests.Access;

/// <summary>A service with a tenant that has one of everything, and a project within it that others in the tenant may not see.</summary>
internal sealed class MatrixWorld : IAsyncDisposable
{
    public const string Tenant = "victim";

    /// <summary>Stands in every text that only the tenant's own people may see.</summary>
    public const string TenantMark = "tenantmark";

    /// <summary>Stands in every event of the hidden project.</summary>
    public const string ProjectMark = "hiddenmark";

    /// <summary>Stands in the last event of the visible project.</summary>
    public const string LastVisible = "last-visible";

    private MatrixWorld(TestService service, ManualTime time) => (Service, Time) = (service, time);

    public TestService Service { get; }

    public ManualTime Time { get; }

    /// <summary>What the tenant has, by the names that stand in <see cref="RouteCase.Call"/>.</summary>
    public Dictionary<string, string> There { get; } = new() { ["tenant"] = Tenant };

    /// <summary>Names of the same form that nobody has.</summary>
    public static Dictionary<string, string> NotThere { get; } = new()
    {
        ["tenant"] = "absent",
        ["user"] = "usr_0000000000000000",
        ["application"] = "app_0000000000000000",
        ["key"] = "0000000000000000",
        ["role"] = "absentrole",
        ["grant"] = "grt_0000000000000000",
        ["certificate"] = "40000000000000000000000000000000",
        ["hidden"] = "987654",
        ["hiddenId"] = "absent-event",
        ["quarantined"] = "987654",
        ["sink"] = "snk_0000000000000000",
        ["alert"] = "alr_0000000000000000",
        ["view"] = "vabsentabs",
        ["report"] = "rpt_0000000000000000",
        ["hold"] = "hld_0000000000000000",
        ["viewer"] = "00000000000000000000000000000000",
    };

    /// <param name="hidden">Names the hidden project's contents.</param>
    /// <param name="more">How many more events it has.</param>
    public static async Task<MatrixWorld> StartAsync(string hidden = "one", int more = 0)
    {
        var time = new ManualTime();
        var service = await TestService.StartAsync(new MemoryStore(time), time, sources: IngestCatalog.Sources);
        var world = new MatrixWorld(service, time);
        await service.TenantAsync(Tenant);
        await service.TenantAsync("stranger");
        await world.FillAccessAsync();
        await world.FillEventsAsync(hidden, more);
        return world;
    }

    /// <summary>The call's path and body with what the tenant has, or with what is not there.</summary>
    public static (string Path, string? Body) Call(RouteCase route, IReadOnlyDictionary<string, string> names) => (Replace(route.Call, names), route.Body is null ? null : Replace(route.Body, names));

    public async ValueTask DisposeAsync() => await Service.DisposeAsync();

    private static string Replace(string text, IReadOnlyDictionary<string, string> names) => names.Aggregate(text, (sum, name) => sum.Replace($"{{{name.Key}}}", name.Value, StringComparison.Ordinal));

    private async Task FillAccessAsync()
    {
        There["user"] = (await Service.UserAsync(Tenant, "somebody-" + TenantMark))["id"]!.GetValue<string>();
        var application = new JsonObject { ["name"] = TenantMark };
        There["application"] = (await TestService.PostAsync(Service.Admin, $"/audit/v1/applications?tenant={Tenant}", application))["client_id"]!.GetValue<string>();
        There["key"] = (await TestService.PostAsync(Service.Admin, $"/audit/v1/keys?tenant={Tenant}", new() { ["name"] = TenantMark, ["rights"] = new JsonArray("monitor") }))["id"]!.GetValue<string>();
        There["certificate"] = (await TestService.PostAsync(Service.Admin, $"/audit/v1/certificates?tenant={Tenant}", new() { ["user"] = There["user"] }))["serial"]!.GetValue<string>();
        var alert = new JsonObject { ["name"] = TenantMark, ["filter"] = "action=never-seen", ["condition"] = "each", ["disabled"] = true };
        There["alert"] = (await TestService.PostAsync(Service.Admin, $"/audit/v1/alerts?tenant={Tenant}", alert))["id"]!.GetValue<string>();
        There["sink"] = (await TestService.PostAsync(Service.Admin, $"/audit/v1/sinks?tenant={Tenant}", new()
        {
            ["name"] = TenantMark,
            ["type"] = "webhook",
            ["paused"] = true,
            ["settings"] = new JsonObject { ["url"] = "http://127.0.0.1:1/" },
        }))["id"]!.GetValue<string>();
        var channel = new JsonObject { ["name"] = "for-reports", ["type"] = "webhook", ["channel"] = true, ["settings"] = new JsonObject { ["url"] = "http://127.0.0.1:1/" } };
        await TestService.PostAsync(Service.Admin, $"/audit/v1/sinks?tenant={Tenant}", channel);
        There["report"] = (await TestService.PostAsync(Service.Admin, $"/audit/v1/reports?tenant={Tenant}", new() { ["name"] = TenantMark, ["channels"] = new JsonArray("for-reports") }))["id"]!.GetValue<string>();
        There["hold"] = (await TestService.PostAsync(Service.Admin, $"/audit/v1/holds?tenant={Tenant}", new() { ["case"] = TenantMark, ["reason"] = "a matter" }))["id"]!.GetValue<string>();
        There["viewer"] = (await TestService.PostAsync(Service.Admin, $"/audit/v1/viewer-tokens?tenant={Tenant}", new() { ["name"] = TenantMark, ["filter"] = "project_id=p1" }))["id"]!.GetValue<string>();
        There["role"] = "role-" + TenantMark;
        await TestService.PostAsync(Service.Admin, $"/audit/v1/roles?tenant={Tenant}", new() { ["name"] = There["role"], ["permissions"] = new JsonArray("config.read") });
        var view = new JsonObject { ["name"] = TenantMark, ["query"] = $"action={TenantMark}", ["shared"] = true };
        There["view"] = (await TestService.PostAsync(Service.Admin, $"/audit/v1/views?tenant={Tenant}", view))["id"]!.GetValue<string>();
        There["grant"] = (await TestService.PostAsync(Service.Admin, $"/audit/v1/grants?tenant={Tenant}", new() { ["user"] = There["user"], ["role"] = There["role"] }))["id"]!.GetValue<string>();
    }

    private async Task FillEventsAsync(string hidden, int more)
    {
        await AppendAsync("v1", "create", "p1", TenantMark);
        await AppendAsync("h1", "hide" + hidden, "p2", hidden);
        await AppendAsync("h2", "hide" + hidden, "p2", hidden);
        await AppendAsync("v2", "delete", "p1", TenantMark);
        await AppendAsync(LastVisible, "create", "p1", LastVisible);
        for (var i = 0; i < more; i++) await AppendAsync($"m{i}", "hide" + hidden, "p2", hidden);
        var stored = (await Service.EventsAsync(Tenant)).First(kept => kept.Id == "h1" + hidden);
        There["hidden"] = stored.Sequence!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        There["hiddenId"] = stored.Id!;
        using var junk = new StringContent($"no json at all {TenantMark}", Encoding.UTF8, "application/json");
        using var sent = await Service.Admin.PostAsync($"/ingest/kubernetes?tenant={Tenant}", junk, TestContext.Current.CancellationToken);
        There["quarantined"] = "0";
    }

    private async Task AppendAsync(string id, string action, string project, string text)
    {
        var isHidden = project == "p2";
        using var body = new StringContent(new JsonObject
        {
            ["id"] = isHidden ? id + text : id,
            ["time"] = "2026-02-01T00:00:00Z",
            ["action"] = action,
            ["actor"] = new JsonObject { ["id"] = isHidden ? ProjectMark + text : "visible-actor", ["name"] = isHidden ? ProjectMark + text : TenantMark },
            ["resource"] = new JsonObject { ["type"] = isHidden ? ProjectMark + text : "server", ["name"] = text },
            ["scope"] = new JsonObject { ["project"] = new JsonObject { ["id"] = project, ["name"] = isHidden ? ProjectMark : "visible" } },
        }.ToJsonString(), Encoding.UTF8, "application/json");
        using var sent = await Service.Admin.PostAsync($"/audit/v1/events?tenant={Tenant}", body, TestContext.Current.CancellationToken);
        Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
