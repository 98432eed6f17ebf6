using Microsoft.Playwright;

namespace Domesday.Browser.Tests;

/// <summary>Understanding and trusting one event.</summary>
[Collection(BrowserCollection.Name)]
public sealed class OneEventTests(Site site)
{
    [Fact]
    public async Task An_event_says_what_happened_what_changed_and_that_it_is_in_the_signed_ledger()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/event/change-1");
        await Assertions.Expect(visit.Page.Locator(".sentence")).ToHaveTextAsync("grace changed the security group web-front in project web through network.");
        var row = visit.Page.Locator(".diff tr.changed");
        await Assertions.Expect(row).ToContainTextAsync("rules[0].from");
        await Assertions.Expect(row.Locator("del")).ToHaveTextAsync("10.0.0.0/8");
        await Assertions.Expect(row.Locator("ins")).ToHaveTextAsync("0.0.0.0/0");
        await Assertions.Expect(visit.Page.Locator(".place")).ToContainTextAsync("Included, and checked just now");
        await Assertions.Expect(visit.Page.Locator(".place")).ToContainTextAsync("What it does not show");
    }

    [Fact]
    public async Task A_note_is_added_and_one_that_is_too_short_is_refused_beside_the_field()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/event/change-1");
        var note = visit.Page.GetByLabel("Add a note");
        await note.FillAsync("x");
        await visit.Button("Add note").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".field-error")).ToContainTextAsync("3 to 4000 characters");
        await note.FillAsync("Approved in the meeting of 3 March.");
        await visit.Button("Add note").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".notes")).ToContainTextAsync("Approved in the meeting");
    }

    [Fact]
    public async Task One_click_leads_to_everything_else_of_the_same_actor_and_to_a_comparison()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/event/5");
        await visit.Page.GetByPlaceholder("sequence or id").FillAsync("6");
        await visit.Button("Compare").ClickAsync();
        await visit.Page.WaitForURLAsync("**compare=6");
        await Assertions.Expect(visit.Page.Locator(".diff")).ToContainTextAsync("sequence");
        await visit.Link("Same actor").ClickAsync();
        await visit.Page.WaitForURLAsync("**/ui/events?**");
        Assert.InRange(await visit.TotalAsync(), 2, Site.DemoEvents);
    }

    [Fact]
    public async Task An_event_is_erased_with_a_reason_and_leaves_a_record_but_nothing_to_read()
    {
        await using var visit = await site.SignInAsync();
        await site.SendAsync("""{"id":"leak-1","action":"update","service":"vault","actor":{"type":"user","name":"Heike Grimm"},"reason":{"text":"hunter2 <b>"}}""");
        await visit.GoAsync("/ui/event/leak-1");
        var sequence = (await visit.Heading.TextContentAsync())!.Replace("Event ", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal);
        await visit.Page.GetByText("Erase …").ClickAsync();
        await visit.ShotAsync("event-erase");
        await visit.Button("Erase for good").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".erase .field-error")).ToHaveTextAsync("Reason is missing");
        await visit.Page.Locator(".erase").GetByLabel("Reason").FillAsync("a password in a field <i>");
        await visit.Page.Locator(".erase").GetByLabel("Case").FillAsync("SEC-44");
        await visit.Button("Erase for good").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("main")).ToContainTextAsync("was erased at");
        Assert.Equal(410, await visit.GoAsync($"/ui/event/{sequence}"));
        await visit.GoAsync("/ui/events?from=-30d&service=vault");
        Assert.Equal(0, await visit.TotalAsync());
        await visit.GoAsync("/ui/admin/retention");
        var row = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Erasures" }).Locator("tr", new() { HasText = "SEC-44" });
        foreach (var part in (string[])["a password in a field <i>", "by admin", sequence, "erased"]) await Assertions.Expect(row).ToContainTextAsync(part);
        await visit.GoAsync("/ui/integrity");
        await Assertions.Expect(visit.Page.Locator(".facts").First).ToContainTextAsync("3 events");
        Assert.DoesNotContain("Heike", await visit.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        await using var auditor = await AuditorAsync();
        await auditor.GoAsync("/ui/event/change-1");
        Assert.Equal(0, await auditor.Page.GetByText("Erase …").CountAsync());
        await auditor.GoAsync("/ui/admin/retention");
        await Assertions.Expect(auditor.Page.Locator("main")).ToContainTextAsync("You may not erase events");
    }

    private async Task<Visit> AuditorAsync()
    {
        await site.UserAsync("looker", "auditor");
        return await site.SignInAsync("looker");
    }

    [Fact]
    public async Task What_an_event_holds_is_text_whatever_it_says()
    {
        await using var visit = await site.SignInAsync();
        foreach (var path in (string[])["/ui/events?service=hostile", "/ui/event/hostile-1", "/ui/event/hostile-1?compare=1", "/", "/ui/usage?by=actor", "/ui/events?service=hostile&columns=user_agent~actor_name~resource_name~labels~outcome_reason"])
        {
            Assert.Equal(200, await visit.GoAsync(path));
            Assert.DoesNotContain("owned", await visit.Page.TitleAsync(), StringComparison.Ordinal);
            Assert.Equal(0, await visit.Page.Locator("main script, main img").CountAsync());
            Assert.DoesNotContain("\u202E", await visit.Page.Locator("body").InnerTextAsync(), StringComparison.Ordinal);
            var (wide, shown) = (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), await visit.Page.EvaluateAsync<int>("document.documentElement.clientWidth"));
            Assert.True(wide <= shown, $"{path} is {wide} wide of {shown}.");
        }
        await visit.GoAsync("/ui/event/hostile-1");
        await Assertions.Expect(visit.Page.Locator(".fields")).ToContainTextAsync("invoice⟨U+202E⟩gpj.exe");
        await Assertions.Expect(visit.Page.Locator(".fields")).ToContainTextAsync("<script>document.title");
        await visit.ShotAsync("hostile");
    }
}
