using System.Net;
using System.Text.Json.Nodes;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Forwarding;
using Domesday.Sinks.Tests;
using Microsoft.Extensions.DependencyInjection;
using static Domesday.Server.Tests.Erasures.ErasureBench;

namespace Domesday.Server.Tests.Erasures;

/// <summary>What was erased is gone from everything that the service answers, and that it was erased stays.</summary>
public sealed class ErasureTests
{
    [Fact]
    public async Task Erased_events_are_gone_from_every_answer_with_the_notes_about_them_and_the_others_stay()
    {
        await using var service = await ServiceAsync();
        await service.SendAsync(Event("j1", "jane"), Event("o1", "otto"), Event("j2", "jane"));
        var (first, second) = (await service.SequenceAsync("j1"), await service.SequenceAsync("j2"));
        await TestService.PostAsync(service.Admin, $"/audit/v1/events/{first}/notes", new() { ["text"] = "jane said so" });
        var done = await service.EraseAsync(Wish("actor_name=jane"));
        Assert.Equal(("erased", "filter", 3, 1, 3), (done["state"]!.GetValue<string>(), done["by"]!.GetValue<string>(), done["events"]!.GetValue<int>(), done["notes"]!.GetValue<int>(), done["erased"]!.GetValue<int>()));
        foreach (var key in (string[])[$"{first}", $"{second}", "j1", "j2"]) Assert.Equal(HttpStatusCode.Gone, await StatusAsync(service.Admin, $"/audit/v1/events/{key}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service.Admin, "/audit/v1/events/o1"));
        Assert.Equal(0, (await TestService.GetAsync(service.Admin, "/audit/v1/events?actor_name=jane&total=true"))["total"]!.GetValue<int>());
        Assert.DoesNotContain("jane", await service.Admin.GetStringAsync("/audit/v1/export?exclude_action=read", Cancellation), StringComparison.Ordinal);
        using var note = await service.Admin.PostAsync($"/audit/v1/events/{first}/notes", new StringContent("""{"text":"again"}"""), Cancellation);
        Assert.Equal(HttpStatusCode.Gone, note.StatusCode);
    }

    [Fact]
    public async Task An_erasure_is_an_event_of_the_tenant_and_of_the_service_before_it_is_done_and_says_nothing_of_what_was_erased()
    {
        await using var service = await ServiceAsync();
        await service.SendAsync(Event("id-of-jane", "jane.doe", "clinic-of-jane"));
        var sequence = await service.SequenceAsync("id-of-jane");
        var done = await service.EraseAsync(Wish("actor_name=jane.doe"));
        foreach (var ledger in (string[])["default", TenantName.System])
        {
            var told = (await service.EventsAsync(ledger)).Where(kept => kept.Resource is { Type: "erasure" }).ToList();
            Assert.Equal(["control.erasure.create", "control.erasure.complete"], told.Select(kept => kept.Operation));
            Assert.All(told, kept => Assert.Equal((done["id"]!.GetValue<string>(), "GDPR-118", "admin"), (kept.Resource!.Id, kept.Resource.Name, kept.Actor!.Name)));
            Assert.Equal($"{sequence}", told[0].Change!.After!.Value.GetProperty("sequences").GetString());
            Assert.Equal("a request of March", told[0].Change!.After!.Value.GetProperty("reason").GetString());
        }
        Assert.DoesNotContain("jane", await service.EverythingAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_says_how_many_and_changes_nothing_and_a_count_that_differs_stops_the_erasure()
    {
        await using var service = await ServiceAsync();
        await service.SendAsync(Event("j1", "jane"), Event("j2", "jane"));
        var sequence = await service.SequenceAsync("j1");
        await TestService.PostAsync(service.Admin, $"/audit/v1/events/{sequence}/notes", new() { ["text"] = "a note" });
        var preview = await TestService.PostAsync(service.Admin, Route + "?preview=true", new() { ["filter"] = "actor_name=jane" });
        Assert.Equal((2, 1, sequence), (preview["matched"]!.GetValue<int>(), preview["notes"]!.GetValue<int>(), preview["first"]![0]!.GetValue<long>()));
        var wish = Wish("actor_name=jane");
        wish["expected_count"] = 1;
        Assert.Contains("2 events match, and 1 were expected", (await service.EraseAsync(wish, HttpStatusCode.Conflict))["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service.Admin, "/audit/v1/events/j1"));
        Assert.Empty((await TestService.GetAsync(service.Admin, Route))["erasures"]!.AsArray());
        Assert.DoesNotContain("actor_name", await service.EverythingAsync(), StringComparison.Ordinal);
        wish["expected_count"] = 2;
        await service.EraseAsync(wish.DeepClone().AsObject());
    }

    [Fact]
    public async Task What_a_legal_hold_keeps_is_not_erased_and_the_answer_names_the_hold()
    {
        await using var service = await ServiceAsync();
        await service.SendAsync(Event("j1", "jane"), Event("j2", "jane", "shipping"));
        var hold = await TestService.PostAsync(service.Admin, "/audit/v1/holds", new() { ["case"] = "2 HKR 17/26", ["reason"] = "order of the court", ["filter"] = "service=shipping" });
        var id = hold["id"]!.GetValue<string>();
        var refused = await service.EraseAsync(Wish("actor_name=jane"), HttpStatusCode.Conflict);
        Assert.Contains($"{id} (2 HKR 17/26) keeps 1", refused["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service.Admin, "/audit/v1/events/j1"));
        // What the hold is not about may go, also when it came later.
        await service.EraseAsync(new() { ["reason"] = "r", ["ids"] = new JsonArray("j1") });
        await TestService.PostAsync(service.Admin, $"/audit/v1/holds/{id}/release", new() { ["reason"] = "over" });
        await service.EraseAsync(Wish("actor_name=jane"));
        Assert.Equal(HttpStatusCode.Gone, await StatusAsync(service.Admin, "/audit/v1/events/j2"));
    }

    [Fact]
    public async Task The_service_s_own_ledger_and_what_tells_of_holds_and_erasures_cannot_be_erased()
    {
        await using var service = await ServiceAsync();
        await service.SendAsync(Event("j1", "jane"));
        await service.EraseAsync(new() { ["reason"] = "r", ["ids"] = new JsonArray("j1") });
        var refused = await service.EraseAsync(Wish("operation=control.erasure.create"), HttpStatusCode.Conflict);
        Assert.Contains("1 of the events tell of erasures and legal holds", refused["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        using var system = await service.Admin.PostAsync($"{Route}?tenant=system", new StringContent("""{"reason":"r","sequences":[0]}"""), Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, system.StatusCode);
        // A producer cannot protect its events by borrowing the words.
        await service.SendAsync("""{"id":"forged","action":"create","operation":"control.erasure.create"}""");
        await service.EraseAsync(new() { ["reason"] = "r", ["ids"] = new JsonArray("forged") });
    }

    [Theory]
    [InlineData("""{"filter":"actor_name=jane"}""", "reason")]
    [InlineData("""{"reason":"r"}""", "filter")]
    [InlineData("""{"reason":"r","filter":""}""", "filter")]
    [InlineData("""{"reason":"r","ids":["a"],"sequences":[1]}""", "filter")]
    [InlineData("""{"reason":"r","ids":["a"],"from":"2026-01-01T00:00:00Z"}""", "filter")]
    [InlineData("""{"reason":"r","filter":"from=-7d"}""", "filter.from")]
    [InlineData("""{"reason":"r","filter":"no_such=1"}""", "filter.no_such")]
    [InlineData("""{"reason":"r","ids":["no such event"]}""", "ids")]
    [InlineData("""{"reason":"r","sequences":[-1]}""", "sequences")]
    [InlineData("""{"reason":"r","sequences":["1"]}""", "sequences")]
    [InlineData("""{"reason":"r","from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}""", "to")]
    [InlineData("""{"reason":"r","filter":"actor_name=jane","form":"x"}""", "form")]
    public async Task A_request_that_does_not_say_clearly_what_and_why_is_refused(string body, string field)
    {
        await using var service = await ServiceAsync();
        await service.SendAsync(Event("j1", "jane"));
        using var refused = await service.Admin.PostAsync(Route, new StringContent(body), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains($"\"{field}\"", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service.Admin, "/audit/v1/events/j1"));
    }

    [Fact]
    public async Task Erasing_again_finds_nothing_left_and_the_id_stays_known()
    {
        await using var service = await ServiceAsync();
        await service.SendAsync(Event("j1", "jane"));
        await service.EraseAsync(Wish("actor_name=jane"));
        await service.EraseAsync(Wish("actor_name=jane"), HttpStatusCode.NotFound);
        Assert.Contains("1 of these events are gone already", (await service.EraseAsync(new() { ["reason"] = "r", ["ids"] = new JsonArray("j1") }, HttpStatusCode.NotFound))["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        await service.SendAsync(Event("j1", "jane"));
        Assert.Equal(HttpStatusCode.Gone, await StatusAsync(service.Admin, "/audit/v1/events/j1"));
        Assert.Single((await TestService.GetAsync(service.Admin, Route))["erasures"]!.AsArray());
    }

    [Fact]
    public async Task Who_sees_the_whole_tenant_learns_by_which_erasure_an_event_went_and_others_that_there_is_none()
    {
        await using var service = await ServiceAsync();
        await service.SendAsync(Event("j1", "jane"), Event("o1", "otto"));
        var sequence = await service.SequenceAsync("j1");
        var done = await service.EraseAsync(Wish("actor_name=jane"));
        using var gone = await service.Admin.GetAsync($"/audit/v1/events/{sequence}", Cancellation);
        Assert.Contains(done["id"]!.GetValue<string>(), (await TestService.JsonAsync(gone))["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        var made = await TestService.PostAsync(service.Admin, "/audit/v1/keys", new() { ["name"] = "viewer", ["rights"] = new JsonArray("read"), ["projects"] = new JsonArray("p1") });
        using var viewer = service.Bearer(made["key"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(viewer, "/audit/v1/events/o1"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(viewer, $"/audit/v1/events/{sequence}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(service.Admin, "/1.3/audit-logs/j1"));
        using var page = await service.Admin.GetAsync($"/ui/event/{sequence}", Cancellation);
        Assert.Equal(HttpStatusCode.Gone, page.StatusCode);
        Assert.Contains(done["id"]!.GetValue<string>(), await page.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ledger_verifies_after_an_erasure_and_counts_what_it_knows_by_its_hash_alone()
    {
        await using var service = await ServiceAsync();
        await service.SendAsync(Event("j1", "jane"), Event("o1", "otto"), Event("j2", "jane"));
        await service.EraseAsync(Wish("actor_name=jane"));
        while (service.Service.Core.Sealer.HeadOf("default") is not { IsOk: true, Value: var head } || head.Size < service.Store.Size("default")) await Task.Delay(20, Cancellation);
        using (var begun = await service.Admin.PostAsync("/audit/v1/log/verification", null, Cancellation)) Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        JsonObject run;
        do run = await TestService.GetAsync(service.Admin, "/audit/v1/log/verification");
        while (run["state"]!.GetValue<string>() == "running");
        Assert.Equal(("sound", 2), (run["state"]!.GetValue<string>(), run["without_body"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Quarantined_input_that_an_erased_event_was_made_of_goes_with_it()
    {
        await using var service = await ServiceAsync();
        var pipeline = service.Service.Core.Pipeline;
        foreach (var name in (string[])["jane", "otto"])
            await pipeline.QuarantineAsync("default", "native", [new RefusedInput(System.Text.Encoding.UTF8.GetBytes(Event(name, name)), [])], Cancellation);
        for (var item = 0; item < 2; item++) await TestService.PostAsync(service.Admin, $"/audit/v1/quarantine/{item}/replay", []);
        await service.EraseAsync(Wish("actor_name=jane"));
        Assert.Equal(HttpStatusCode.Gone, await StatusAsync(service.Admin, "/audit/v1/quarantine/0"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service.Admin, "/audit/v1/quarantine/1"));
    }

    [Fact]
    public async Task What_a_receiver_said_to_an_erased_event_is_forgotten()
    {
        await using var service = await ServiceAsync();
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Answer = (_, http) => TestReceiver.StatusAsync(http, 422, "no field 'severity' of jane");
        var sink = await TestService.PostAsync(service.Admin, "/audit/v1/sinks", new() { ["name"] = "strict", ["type"] = "webhook", ["settings"] = new JsonObject { ["url"] = receiver.Url }, ["filter"] = "service=billing" });
        await service.SendAsync(Event("j1", "jane"), Event("o1", "otto"));
        var forwarder = service.Service.Parts.GetRequiredService<Forwarder>();
        var id = sink["id"]!.GetValue<string>();
        while (forwarder.Rejected(id, 10).Count < 2) await Task.Delay(20, Cancellation);
        await service.EraseAsync(Wish("actor_name=jane"));
        Assert.Equal([await service.SequenceAsync("o1")], forwarder.Rejected(id, 10).Select(letter => letter.Sequence));
    }
}
