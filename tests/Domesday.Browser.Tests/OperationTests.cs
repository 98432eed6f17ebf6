using System.Text;
using Microsoft.Playwright;

namespace Domesday.Browser.Tests;

/// <summary>Running the service: overview, integrity, sources, usage.</summary>
[Collection(BrowserCollection.Name)]
public sealed class OperationTests(Site site)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_overview_counts_the_last_day_and_leads_to_its_events()
    {
        await using var visit = await site.SignInAsync();
        Assert.Equal("Overview", await visit.Heading.TextContentAsync());
        await Assertions.Expect(visit.Page.Locator(".figure").First).ToContainTextAsync("events");
        await visit.Page.Locator(".top a").First.ClickAsync();
        await visit.Page.WaitForURLAsync("**/ui/events?**");
        Assert.InRange(await visit.TotalAsync(), 1, Site.DemoEvents);
    }

    [Fact]
    public async Task Verifying_now_reads_the_whole_ledger_and_says_what_it_found()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/integrity");
        await visit.Button("Verify now").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-verify-result] .result")).ToHaveTextAsync("sound", new() { Timeout = 60_000 });
        await visit.GoAsync("/ui/events?operation=ledger.verify");
        Assert.InRange(await visit.TotalAsync(), 1, 100);
    }

    [Fact]
    public async Task The_integrity_page_says_which_witness_cosigns_and_which_one_does_not_and_why()
    {
        await using var visit = await site.SignInAsync();
        var table = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Witnesses" });
        var (good, bad) = (table.Locator("tr", new() { HasText = "witness.example" }), table.Locator("tr", new() { HasText = "stranger.example" }));
        do await visit.GoAsync("/ui/integrity");
        while (await good.Locator(".result").TextContentAsync() == "not asked yet" || await bad.Locator(".result").TextContentAsync() == "not asked yet");
        await Assertions.Expect(good.Locator(".result")).ToHaveTextAsync("cosigns");
        await Assertions.Expect(good.Locator("time")).ToHaveCountAsync(1);
        await Assertions.Expect(bad.Locator(".result")).ToHaveTextAsync("refuses");
        await Assertions.Expect(bad).ToContainTextAsync("never");
        await Assertions.Expect(bad).ToContainTextAsync("domesday/default");
        var note = await visit.Page.RunAndWaitForResponseAsync(() => visit.Link("Cosigned note").ClickAsync(), answer => answer.Url.Contains("/log/checkpoint/cosigned", StringComparison.Ordinal));
        var text = await site.Api.GetStringAsync("/audit/v1/log/checkpoint/cosigned", Cancellation);
        Assert.Equal(200, note.Status);
        Assert.Contains("\u2014 witness.example ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("stranger.example", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_understood_lies_in_quarantine_with_the_reason()
    {
        Site.Need();
        using var junk = new StringContent("no json at all <b>", Encoding.UTF8, "application/json");
        using var sent = await site.Api.PostAsync("/ingest/kubernetes", junk, Cancellation);
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/sources");
        var row = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Quarantine" }).Locator("tbody tr").First;
        await row.GetByText("Show").ClickAsync();
        await Assertions.Expect(row.Locator("pre")).ToContainTextAsync("no json at all <b>");
        await row.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        await Assertions.Expect(row.Locator(".form-error")).ToBeVisibleAsync();
        await visit.GoAsync("/");
        await Assertions.Expect(visit.Page.Locator(".concerns")).ToContainTextAsync("quarantine");
    }

    [Fact]
    public async Task Usage_is_split_by_project_actor_service_and_day_and_leaves_as_csv()
    {
        await using var visit = await site.SignInAsync();
        foreach (var split in (string[])["project", "actor", "service", "day"])
        {
            await visit.GoAsync($"/ui/usage?by={split}");
            Assert.True(await visit.Page.Locator(".usage tbody tr").CountAsync() > 1, await visit.Page.Locator("main").InnerTextAsync());
        }
        await visit.GoAsync("/ui/usage?by=project");
        await Assertions.Expect(visit.Page.Locator("[data-usage]")).ToHaveCountAsync(0);
        var said = await visit.Page.Locator("[data-usage-total='events']").TextContentAsync();
        Assert.Equal(await visit.Page.Locator("[data-usage-sum] [data-usage-cell='events']").TextContentAsync(), said);
        var rows = await visit.Page.Locator(".usage tbody tr").CountAsync();
        var download = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Link("CSV").ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), Cancellation);
        Assert.Equal("project,events,failures,resources", lines[0]);
        Assert.Equal(rows, lines.Length - 1);
    }
}
