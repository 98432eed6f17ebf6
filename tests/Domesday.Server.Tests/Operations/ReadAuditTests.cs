using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Server.Tests.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Domesday.Server.Tests.Operations;

public sealed class ReadAuditTests
{
    [Fact]
    public async Task A_query_is_recorded_in_the_tenant_that_was_read_with_its_filter()
    {
        await using var service = await StartAsync();
        await service.TenantAsync("acme");
        using var client = service.Bearer((await service.KeyAsync("acme", "read")).Text);
        client.DefaultRequestHeaders.UserAgent.ParseAdd("auditor/1.0");
        using var response = await client.GetAsync("/test/read?action=delete&actor_name=alice", TestContext.Current.CancellationToken);
        var kept = await service.EventAsync("acme", kept => kept.Operation == "events.list");
        Assert.Equal(("read", "domesday", "service"), (kept.Action, kept.Service, kept.SourceKind));
        Assert.Equal("?action=delete&actor_name=alice", kept.Labels![ReadAudit.FilterLabel]);
        Assert.Equal((ActorType.Application, "test"), (kept.Actor!.Type, kept.Actor.Name));
        Assert.Equal(("127.0.0.1", "auditor/1.0"), (kept.Source!.Ip, kept.Source.UserAgent));
    }

    [Fact]
    public async Task A_system_administrators_query_is_recorded_where_it_looks_and_not_where_it_comes_from()
    {
        await using var service = await StartAsync();
        await service.TenantAsync("acme");
        using var _ = await service.Admin.GetAsync("/test/read?tenant=acme", TestContext.Current.CancellationToken);
        using var _1 = await service.Admin.GetAsync("/test/read?tenant=*", TestContext.Current.CancellationToken);
        Assert.Equal("admin", (await service.EventAsync("acme", kept => kept.Operation == "events.list")).Actor!.Id);
        Assert.Equal("*", (await service.EventAsync("system", kept => kept.Operation == "events.list")).Resource!.Id);
        Assert.Equal(0, service.Store.Size("default"));
    }

    [Fact]
    public async Task What_cannot_stand_in_an_event_does_not_keep_a_query_from_being_recorded()
    {
        await using var service = await StartAsync();
        service.Service.Core.Queue.Add("default", new AuditEvent { Action = "read", Labels = new Dictionary<string, string> { ["filter"] = EventText.Clean("a\0b\uD800c")! } });
        var kept = await service.EventAsync("default", kept => kept.Action == "read");
        Assert.Equal("a\uFFFDb\uFFFDc", kept.Labels!["filter"]);
        Assert.Equal("ab", EventText.Clean("abc", 2));
        Assert.Equal("a", EventText.Clean("a\U0001F600", 2));
        Assert.Null(EventText.Clean(""));
    }

    [Fact]
    public async Task Reads_that_wait_when_the_service_stops_are_recorded_before_it_ends()
    {
        await using var service = await StartAsync();
        var audit = new ReadAudit(service.Service.Core.Queue);
        for (var i = 0; i < 3_000; i++) audit.Read(ChangeAuthor.Service, AccessScope.WholeTenant("default"), "events.list", "");
        await service.Service.DisposeAsync();
        Assert.Equal(3_000, service.Store.Size("default"));
    }

    private static Task<TestService> StartAsync() => TestService.StartAsync(sources: [new TestSource(routes =>
        routes.MapGet("/test/read", (HttpContext http, ReadAudit audit) => http.RecordRead(audit, "events.list", http.Request.QueryString.Value ?? ""))
            .RequirePermission(Permission.AuditList).AllowAllTenants())]);
}
