using System.Text.RegularExpressions;
using Domesday.Sinks.Tests;
using Microsoft.Playwright;

namespace Domesday.Browser.Tests;

/// <summary>Where events go, and who is told: sinks and alerts.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ForwardingTests(Site site)
{
    private IEnumerable<ReceivedRequest> At(string path) => site.Receiver.Requests.Where(request => request.Path == path);

    [Fact]
    public async Task A_sink_is_made_by_its_form_and_its_page_tells_what_arrived()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/events?from=1970-01-01&service=storage&action=delete");
        var wanted = await visit.TotalAsync();
        await visit.GoAsync("/ui/sinks");
        await visit.Link("Webhook, Slack, PagerDuty").ClickAsync();
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("deletions");
        await visit.Page.GetByLabel("Address", new() { Exact = true }).FillAsync(site.Receiver.Url + "/deletions");
        await visit.Page.GetByLabel("Only events that match").FillAsync("service=storage&action=delete");
        await visit.Page.GetByLabel("Begin").SelectOptionAsync("beginning");
        await visit.Button("Make sink").ClickAsync();
        await visit.Page.WaitForURLAsync(new Regex("/ui/sinks/snk_"));
        await Assertions.Expect(visit.Page.Locator(".figure", new() { HasText = "accepted" }).Locator("b")).ToHaveTextAsync(wanted.ToString("N0", System.Globalization.CultureInfo.InvariantCulture), new() { Timeout = 30_000 });
        var before = At("/deletions").Count();
        await visit.Button("Send test").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-sink-answer]")).ToContainTextAsync("accepted");
        Assert.Equal(before + 1, At("/deletions").Count());
        await visit.Button("Pause").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".page-head .result")).ToHaveTextAsync("paused");
        await visit.Button("Resume").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".page-head .result")).ToHaveTextAsync("running");
        await visit.Button("Delete").ClickAsync();
        await visit.Page.WaitForURLAsync("**/ui/sinks");
        Assert.Equal(0, await visit.Link("deletions").CountAsync());
    }

    [Fact]
    public async Task Every_fault_of_a_sink_stands_beside_its_field()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/sinks/new?type=s3");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("archive");
        await visit.Page.GetByLabel("Days locked").FillAsync("many");
        await visit.Page.GetByLabel("Region").FillAsync("nowhere");
        await visit.Page.GetByLabel("Only events that match").FillAsync("acton=delete");
        await visit.Button("Make sink").ClickAsync();
        foreach (var (label, said) in (ValueTuple<string, string>[])[("Bucket", "is missing"), ("Days locked", "whole number"), ("Region", "us-east-1"), ("Secret key", "is missing"), ("Only events that match", "acton")])
        {
            var field = visit.Page.GetByLabel(label, new() { Exact = true });
            await Assertions.Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
            await Assertions.Expect(visit.Page.Locator("#" + await field.GetAttributeAsync("aria-describedby"))).ToContainTextAsync(said);
        }
    }

    [Fact]
    public async Task A_secret_is_never_shown_and_stays_when_something_else_is_changed()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/sinks/chat");
        await Assertions.Expect(visit.Page.GetByLabel("Secret for signing")).ToHaveValueAsync("********");
        Assert.DoesNotContain("a secret of the chat", await visit.Page.ContentAsync(), StringComparison.Ordinal);
        await visit.Page.GetByLabel("Further headers").FillAsync("X-Team=ops");
        await visit.Page.RunAndWaitForRequestFinishedAsync(() => visit.Button("Save").ClickAsync(), new() { Predicate = request => request.IsNavigationRequest });
        await Assertions.Expect(visit.Page.GetByLabel("Further headers")).ToHaveValueAsync("********");
        await visit.Button("Send test").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-sink-answer]")).ToContainTextAsync("accepted");
        var request = At("/chat").Last();
        Assert.Equal("ops", request.Headers["X-Team"]);
        Assert.Contains(request.Headers, header => header.Key.Contains("Signature", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task What_a_receiver_refused_is_listed_with_its_reason_and_sent_again_after_asking()
    {
        await using var visit = await site.SignInAsync();
        await site.MakeAsync("sinks", $$$"""{"name":"picky","type":"webhook","settings":{"url":"{{{site.Receiver.Url}}}/strict"},"filter":"action=delete&service=storage&result=failure","start":"beginning"}""");
        await visit.GoAsync("/ui/events?from=1970-01-01&service=storage&action=delete&result=failure");
        var wanted = await visit.TotalAsync();
        await visit.GoAsync("/ui/sinks/picky");
        await Assertions.Expect(visit.Page.Locator(".figure", new() { HasText = "rejected" })).ToContainTextAsync($"{wanted} kept", new() { Timeout = 30_000 });
        await visit.Page.ReloadAsync();
        var table = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Rejected events" });
        await Assertions.Expect(table.Locator("tbody tr").First).ToContainTextAsync("no field 'severity'");
        // The receiver has changed its mind, and so is the sink's address.
        await visit.Page.GetByLabel("Address", new() { Exact = true }).FillAsync(site.Receiver.Url + "/lenient");
        await visit.Page.RunAndWaitForRequestFinishedAsync(() => visit.Button("Save").ClickAsync(), new() { Predicate = request => request.IsNavigationRequest });
        var asked = new TaskCompletionSource<string>();
        visit.Page.Dialog += (_, dialog) => asked.TrySetResult(dialog.Message);
        await visit.Button("Send again …").ClickAsync();
        Assert.Contains($"Send {wanted} events to picky", await asked.Task, StringComparison.Ordinal);
        await Assertions.Expect(visit.Page.Locator(".figure", new() { HasText = "rejected" })).ToContainTextAsync("none kept", new() { Timeout = 30_000 });
        Assert.NotEmpty(At("/lenient"));
        await visit.GoAsync("/ui/sinks/picky");
        Assert.Equal(0, await table.CountAsync());
    }

    [Fact]
    public async Task A_ready_made_alert_is_switched_on_with_one_click_and_its_test_reaches_the_channel()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/alerts");
        var before = At("/chat").Count();
        await visit.Button("Switch on: A role was granted").ClickAsync();
        var row = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Rules" }).Locator("tr", new() { HasText = "A role was granted" });
        await Assertions.Expect(row).ToContainTextAsync("watching");
        await Assertions.Expect(row).ToContainTextAsync("chat");
        await visit.Button("Test: A role was granted").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".activity")).ToContainTextAsync("A role was granted: a test; nothing happened");
        while (At("/chat").Count() == before) await site.Receiver.WaitAsync();
        await visit.Button("Mute 1 h: A role was granted").ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("muted");
        await visit.Button("Unmute: A role was granted").ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("watching");
    }

    [Fact]
    public async Task A_report_is_made_sent_at_once_and_taken_away_again()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/usage");
        await visit.Button("Make report").ClickAsync();
        await Assertions.Expect(visit.Page.GetByLabel("Name", new() { Exact = true })).ToHaveAttributeAsync("aria-invalid", "true");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Chargeback");
        await visit.Page.GetByLabel("Every", new() { Exact = true }).SelectOptionAsync("week");
        await visit.Page.GetByLabel("chat").CheckAsync();
        await visit.Button("Make report").ClickAsync();
        var row = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Scheduled reports" }).Locator("tr", new() { HasText = "Chargeback" });
        await Assertions.Expect(row).ToContainTextAsync("by project, every week");
        var before = At("/chat").Count();
        await visit.Button("Send the last one: Chargeback").ClickAsync();
        await Assertions.Expect(row.Locator("[data-sink-answer]")).ToContainTextAsync("accepted");
        Assert.True(At("/chat").Count() > before);
        await EveryPageTests.AssertAccessibleAsync(visit.Page, "usage with a report");
        await visit.ShotAsync("usage-report-light-1440", whole: true);
        await visit.Button("Switch off: Chargeback").ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("off");
        await visit.Button("Delete: Chargeback").ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("No report is scheduled.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_alert_is_made_changed_and_told_what_is_wrong_with_it()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/alerts/new");
        await Assertions.Expect(visit.Page.GetByLabel("How many")).ToBeHiddenAsync();
        await visit.Page.GetByLabel("When", new() { Exact = true }).SelectOptionAsync("count");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Many exports");
        await visit.Page.GetByLabel("Counted apart by").FillAsync("actor.identity");
        await visit.Button("Make alert").ClickAsync();
        foreach (var label in (string[])["How many", "Within, seconds", "Counted apart by"]) await Assertions.Expect(visit.Page.GetByLabel(label)).ToHaveAttributeAsync("aria-invalid", "true");
        await visit.Page.GetByLabel("How many").FillAsync("3");
        await visit.Page.GetByLabel("Within, seconds").FillAsync("600");
        await visit.Page.GetByLabel("Counted apart by").FillAsync("actor.id");
        await visit.Button("Make alert").ClickAsync();
        await visit.Page.WaitForURLAsync(new Regex("/ui/alerts/alr_"));
        await Assertions.Expect(visit.Page.Locator(".facts").First).ToContainTextAsync("3 events within 10 min of the same actor id");
        await visit.Page.GetByLabel("chat").UncheckAsync();
        await visit.Page.RunAndWaitForRequestFinishedAsync(() => visit.Button("Save").ClickAsync(), new() { Predicate = request => request.IsNavigationRequest });
        await Assertions.Expect(visit.Page.Locator(".facts").First).ToContainTextAsync("nobody");
        await visit.Button("Delete").ClickAsync();
        await visit.Page.WaitForURLAsync("**/ui/alerts");
        Assert.Equal(0, await visit.Link("Many exports").CountAsync());
    }
}
