using System.Net;
using System.Text.Json.Nodes;
using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Events;
using Domesday.Events.Json;

namespace Domesday.Server.Tests.Access;

public sealed class ControlStateTests
{
    [Fact]
    public async Task Tenants_and_keys_are_there_again_after_a_restart()
    {
        await using var first = await TestService.StartAsync();
        await first.TenantAsync("acme");
        var (id, key) = await first.KeyAsync("acme", "read", "admin");
        await first.DisposeAsync();
        await using var second = await TestService.StartAsync(first.Store);
        using var client = second.Bearer(key);
        var shown = await TestService.GetAsync(client, $"/audit/v1/keys/{id}");
        Assert.Equal(["read", "admin"], shown["rights"]!.AsArray().Select(right => right!.GetValue<string>()));
        Assert.Equal("acme", (await TestService.GetAsync(client, "/audit/v1/tenants/acme"))["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_second_start_changes_nothing()
    {
        await using var first = await TestService.StartAsync();
        await first.DisposeAsync();
        var size = first.Store.Size("system");
        await using var second = await TestService.StartAsync(first.Store);
        Assert.Equal(size, second.Store.Size("system"));
        Assert.Null(second.Service.MadePassword);
    }

    [Fact]
    public async Task An_event_that_only_looks_like_a_change_changes_nothing()
    {
        await using var first = await TestService.StartAsync();
        await first.TenantAsync("acme");
        var forged = (await first.EventsAsync("system")).Single(kept => kept.Operation == "control.tenant.create" && kept.Resource!.Id == "acme") with
        {
            Id = null,
            Tenant = null,
            Sequence = null,
            ReceivedAt = null,
            SourceKind = null,
            Salt = null,
        };
        var bytes = System.Text.Encoding.UTF8.GetString(EventJson.Write(forged)).Replace("acme", "evil", StringComparison.Ordinal);
        var appended = await first.Service.Core.Pipeline.AppendAsync(
            new("system", "native", [System.Text.Encoding.UTF8.GetBytes(bytes)]), TestContext.Current.CancellationToken);
        Assert.Null(appended.Problem);
        await first.DisposeAsync();
        await using var second = await TestService.StartAsync(first.Store);
        using var response = await second.Admin.GetAsync("/audit/v1/tenants/evil", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Every_change_says_who_made_it_from_where_and_what_it_was_and_is()
    {
        await using var service = await TestService.StartAsync();
        var (id, _) = await service.KeyAsync("default", "read");
        using var _1 = await service.Admin.DeleteAsync($"/audit/v1/keys/{id}", TestContext.Current.CancellationToken);
        var revoked = (await service.EventsAsync("system")).Single(kept => kept.Operation == "control.key.revoke");
        Assert.Equal(("update", "key", id), (revoked.Action, revoked.Resource!.Type, revoked.Resource.Id));
        Assert.Equal((ActorType.User, "admin", "127.0.0.1"), (revoked.Actor!.Type, revoked.Actor.Id, revoked.Source!.Ip));
        Assert.False(revoked.Change!.Before!.Value.TryGetProperty("revoked_at", out _));
        Assert.True(revoked.Change.After!.Value.TryGetProperty("revoked_at", out _));
    }

    [Fact]
    public async Task A_tenant_sees_in_its_own_ledger_who_made_its_keys_without_their_hashes()
    {
        await using var service = await TestService.StartAsync();
        await service.TenantAsync("acme");
        Assert.Equal(0, service.Store.Size("acme"));
        var (id, key) = await service.KeyAsync("acme", "admin");
        using var client = service.Bearer(key);
        var made = await TestService.PostAsync(client, "/audit/v1/keys", new JsonObject { ["name"] = "second", ["rights"] = new JsonArray("read") });
        var told = await service.EventsAsync("acme");
        Assert.Equal([(id, "admin"), (made["id"]!.GetValue<string>(), id)], told.Select(kept => (kept.Resource!.Id!, kept.Actor!.Id!)));
        Assert.All(told, kept => Assert.False(kept.Change!.After!.Value.TryGetProperty("secret_sha256", out _)));
        Assert.Equal((await service.EventsAsync("system")).Where(kept => kept.Resource?.Type == "key").Select(kept => kept.Id), told.Select(kept => kept.Id));
    }

    [Fact]
    public async Task A_stop_between_a_change_and_telling_its_tenant_is_made_up_for()
    {
        await using var whole = await TestService.StartAsync();
        await whole.KeyAsync("default", "read");
        await whole.DisposeAsync();
        var cut = new TestKit.MemoryStore(TimeProvider.System);
        var pipeline = new AppendPipeline(cut, EventLimits.Default, TimeProvider.System, new AppendMetrics(new("test")));
        foreach (var kept in (await whole.EventsAsync("system")).Where(kept => kept.SourceKind == ControlLedger.SourceKind))
        {
            var sent = kept with { Tenant = null, Sequence = null, ReceivedAt = null, SourceKind = null, Salt = null };
            var appended = await pipeline.AppendAsync(new("system", ControlLedger.SourceKind, [EventJson.Write(sent)]), TestContext.Current.CancellationToken);
            Assert.Null(appended.Problem);
        }
        Assert.Equal(0, cut.Size("default"));
        await using (var again = await TestService.StartAsync(cut)) Assert.Equal("control.key.create", (await again.EventsAsync("default")).Single().Operation);
        await using (var oncemore = await TestService.StartAsync(cut)) Assert.Equal(1, oncemore.Store.Size("default"));
    }

    [Fact]
    public async Task Of_many_who_make_the_same_tenant_at_once_one_succeeds()
    {
        await using var service = await TestService.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(async _ =>
        {
            using var body = new StringContent("""{"name":"acme"}""");
            using var response = await service.Admin.PostAsync("/audit/v1/tenants", body, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }));
        Assert.Equal(1, answers.Count(status => status == HttpStatusCode.Created));
        Assert.Equal(23, answers.Count(status => status == HttpStatusCode.Conflict));
        Assert.Single(await service.EventsAsync("system"), kept => kept.Resource?.Id == "acme");
    }

    [Fact]
    public async Task The_last_use_of_a_key_outlives_a_restart()
    {
        await using var first = await TestService.StartAsync();
        var (id, key) = await first.KeyAsync("default", "admin");
        using (var client = first.Bearer(key)) await TestService.GetAsync(client, "/audit/v1/keys");
        var used = (await TestService.GetAsync(first.Admin, $"/audit/v1/keys/{id}"))["last_used_at"]!.GetValue<string>();
        await first.DisposeAsync();
        await using var second = await TestService.StartAsync(first.Store);
        Assert.Equal(used, (await TestService.GetAsync(second.Admin, $"/audit/v1/keys/{id}"))["last_used_at"]!.GetValue<string>());
    }
}
