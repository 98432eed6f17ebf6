using System.Net;
using System.Text;
using Domesday.Client;
using Domesday.Core.Access;
using Domesday.Ingest;

namespace Domesday.Server.Tests.Retention;

/// <summary>Legal holds by the API.</summary>
public sealed class HoldTests
{
    private const string Path = "/audit/v1/holds";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Placing_and_releasing_a_hold_are_events_of_the_tenant_and_of_the_service()
    {
        await using var service = await TestService.StartAsync();
        var placed = await TestService.PostAsync(service.Admin, Path, new() { ["case"] = "2 HKR 17/26", ["reason"] = "order of the court", ["from"] = "2026-01-01T00:00:00Z", ["filter"] = "project=shop" });
        var id = placed["id"]!.GetValue<string>();
        Assert.Equal(("admin", "project=shop", null), (placed["placed_by"]!.GetValue<string>(), placed["filter"]!.GetValue<string>(), (string?)placed["released_at"]));
        foreach (var ledger in (string[])["default", TenantName.System])
        {
            var told = await service.EventAsync(ledger, kept => kept.Operation == "control.hold.create");
            Assert.Equal((id, "2 HKR 17/26", "admin"), (told.Resource!.Id, told.Resource.Name, told.Actor!.Name));
        }
        var released = await TestService.PostAsync(service.Admin, $"{Path}/{id}/release", new() { ["reason"] = "the case is closed" });
        Assert.Equal(("admin", "the case is closed"), (released["released_by"]!.GetValue<string>(), released["release_reason"]!.GetValue<string>()));
        Assert.Equal(id, (await service.EventAsync("default", kept => kept.Operation == "control.hold.release")).Resource!.Id);
        Assert.Empty((await TestService.GetAsync(service.Admin, Path))["holds"]!.AsArray());
        Assert.Single((await TestService.GetAsync(service.Admin, Path + "?released=true"))["holds"]!.AsArray());
    }

    [Fact]
    public async Task A_hold_without_a_case_or_a_reason_is_refused_and_so_is_a_release_without_one()
    {
        await using var service = await TestService.StartAsync();
        foreach (var body in (string[])["""{"reason":"r"}""", """{"case":"c"}""", """{"case":"c","reason":""}""", """{"case":"c","reason":"r","filter":"no_such=1"}""", """{"case":"c","reason":"r","filter":"from=-7d"}""", """{"case":"c","reason":"r","form":"2026-01-01T00:00:00Z"}"""])
        {
            using var refused = await service.Admin.PostAsync(Path, Json(body), Cancellation);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
        var placed = await TestService.PostAsync(service.Admin, Path, new() { ["case"] = "c", ["reason"] = "r" });
        using var bare = await service.Admin.PostAsync($"{Path}/{placed["id"]}/release", Json("{}"), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, bare.StatusCode);
        Assert.Single((await TestService.GetAsync(service.Admin, Path))["holds"]!.AsArray());
    }

    [Fact]
    public async Task The_state_of_retention_says_what_holds_keep()
    {
        await using var service = await TestService.StartAsync(sources: IngestCatalog.Sources);
        using var client = new DomesdayClient(new() { Server = service.Url, Credential = ClientCredential.User("admin", TestService.Password) });
        Assert.Null((await client.Retention.GetAsync(Cancellation)).Status.HeldFrom);
        using (var sent = await service.Admin.PostAsync("/audit/v1/events", Json("""{"id":"old","time":"2020-01-01T00:00:00Z","action":"create","service":"billing"}"""), Cancellation)) Assert.True(sent.IsSuccessStatusCode);
        var hold = await client.Holds.PlaceAsync(new("SEC-811", "an investigation", Filter: "service=billing"), Cancellation);
        var sequence = (await service.EventAsync("default", kept => kept.Id == "old")).Sequence;
        Assert.Equal(sequence, (await client.Retention.GetAsync(Cancellation)).Status.HeldFrom);
        Assert.Equal(hold, Assert.Single(await client.Holds.ListAsync(released: false, Cancellation)));
        await client.Holds.ReleaseAsync(hold.Id, "over", Cancellation);
        Assert.Null((await client.Retention.GetAsync(Cancellation)).Status.HeldFrom);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
