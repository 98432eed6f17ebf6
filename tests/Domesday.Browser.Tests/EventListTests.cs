using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Domesday.Browser.Tests;

/// <summary>Searching: the page of events.</summary>
[Collection(BrowserCollection.Name)]
public sealed partial class EventListTests(Site site)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Quick_filters_narrow_the_events_and_back_undoes_them()
    {
        await using var visit = await site.SignInAsync();
        // From a fixed moment: nothing grows too old meanwhile, and what others do is only added.
        await visit.GoAsync("/ui/events?from=1970-01-01");
        var all = await visit.TotalAsync();
        await visit.Page.Locator(".facets").GetByTitle("Only these").Filter(new() { HasText = "storage" }).ClickAsync();
        await visit.Page.WaitForURLAsync("**service=storage**");
        var storage = await visit.TotalAsync();
        Assert.InRange(storage, 1, all - 1);
        await visit.Page.Locator(".facets").GetByLabel("Exclude delete").ClickAsync();
        await visit.Page.WaitForURLAsync("**exclude_action=delete**");
        Assert.InRange(await visit.TotalAsync(), 1, storage - 1);
        await visit.Page.GoBackAsync();
        Assert.Equal(storage, await visit.TotalAsync());
        await visit.Page.ReloadAsync();
        Assert.Equal(storage, await visit.TotalAsync());
        await visit.Page.GetByLabel("Remove this filter").ClickAsync();
        await visit.Page.WaitForURLAsync(url => !url.Contains("service=", StringComparison.Ordinal));
        Assert.True(await visit.TotalAsync() >= all);
    }

    [Fact]
    public async Task A_filter_is_completed_with_values_and_counts_by_keyboard_alone()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/events?from=-30d");
        await visit.Page.GetByLabel("Value", new() { Exact = true }).FocusAsync();
        await visit.Page.Keyboard.TypeAsync("mall");
        await visit.Page.GetByRole(AriaRole.Option).Filter(new() { HasText = "mallory" }).WaitForAsync();
        await visit.Page.Keyboard.PressAsync("ArrowDown");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.WaitForURLAsync("**actor_name=mallory**");
        Assert.InRange(await visit.TotalAsync(), 1, Site.DemoEvents);
    }

    /// <summary>Times are reported and not asserted: what the machine does beside it decides. What is asserted is why they stay small.</summary>
    [Fact]
    public async Task Ten_thousand_rows_come_each_once_while_one_scrolls_and_the_page_stays_small()
    {
        const int Wanted = 10_000;
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/events?from=-30d&columns=sequence~time~actor_name~action~resource_name~result~service~project~source_ip");
        await visit.Page.EvaluateAsync(Watch);
        var most = 0;
        while (await visit.Page.EvaluateAsync<int>("seen.length") < Wanted)
        {
            var before = await visit.Page.EvaluateAsync<int>("seen.length");
            await visit.Page.Mouse.WheelAsync(0, 20_000);
            await visit.Page.WaitForFunctionAsync("before => seen.length > before", before);
            most = Math.Max(most, await visit.Page.Locator("[data-events] tbody tr").CountAsync());
        }
        Assert.Distinct(await visit.Page.EvaluateAsync<string[]>("seen"));
        Assert.InRange(most, 100, 1_500);
        // Back at the top they are there again.
        await visit.Page.EvaluateAsync("scrollTo(0, 0)");
        var first = (await visit.Page.EvaluateAsync<string>("seen[0]"))!;
        await Assertions.Expect(visit.Page.Locator($"[data-events] tbody tr[data-sequence='{first}']")).ToBeVisibleAsync();
        // Scrolled through once more, with all rows there: how long the browser takes for a frame of it.
        var frames = await visit.Page.EvaluateAsync<double[]>(Scroll);
        Array.Sort(frames);
        var took = await visit.Page.EvaluateAsync<double>("last - begun");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Wanted} rows loaded by scrolling within {took / 1000:F1} s; at most {most} in the page; scrolling over them: {frames.Length} frames, half within {frames[frames.Length / 2]:F0} ms, 99 % within {frames[frames.Length * 99 / 100]:F0} ms, longest {frames[^1]:F0} ms."));
    }

    /// <summary>Notes the sequence of every row that comes, and when.</summary>
    private const string Watch = """
        () => {
          window.seen = [...document.querySelectorAll("[data-events] tbody tr")].map(row => row.dataset.sequence);
          window.begun = window.last = performance.now();
          const bodies = new WeakSet(document.querySelector("[data-events]").tBodies);
          new MutationObserver(changes => {
            for (const body of changes.flatMap(change => [...change.addedNodes])) {
              if (body.tagName !== "TBODY" || bodies.has(body)) continue;
              bodies.add(body);
              seen.push(...[...body.rows].map(row => row.dataset.sequence));
              last = performance.now();
            }
          }).observe(document.querySelector("[data-events]"), { childList: true });
        }
        """;

    /// <summary>Two thousand pixels a frame from top to bottom; the milliseconds of each frame.</summary>
    private const string Scroll = """
        () => new Promise(resolve => {
          const frames = [];
          let before = performance.now();
          const step = () => {
            const now = performance.now();
            frames.push(now - before);
            before = now;
            if (scrollY + innerHeight >= document.documentElement.scrollHeight - 4) return resolve(frames);
            scrollBy(0, 2000);
            requestAnimationFrame(step);
          };
          requestAnimationFrame(step);
        })
        """;

    [Fact]
    public async Task Dragging_in_the_histogram_chooses_a_time_and_so_do_the_arrow_keys()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/events?from=-30d");
        var all = await visit.TotalAsync();
        // The script says by this that it listens.
        await visit.Page.Locator(".histogram svg[tabindex]").WaitForAsync();
        var box = (await visit.Page.Locator(".histogram svg").BoundingBoxAsync())!;
        await visit.Page.Mouse.MoveAsync(box.X + box.Width * .3f, box.Y + 40);
        await visit.Page.Mouse.DownAsync();
        await visit.Page.Mouse.MoveAsync(box.X + box.Width * .5f, box.Y + 40);
        await visit.Page.Mouse.UpAsync();
        await visit.Page.WaitForURLAsync("**to=**");
        var chosen = await visit.TotalAsync();
        Assert.InRange(chosen, 1, all - 1);
        await visit.Page.Locator(".histogram svg").FocusAsync();
        await visit.Page.Keyboard.PressAsync("ArrowLeft");
        await visit.Page.Keyboard.PressAsync("ArrowLeft");
        var before = visit.Page.Url;
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.WaitForURLAsync(url => url != before);
        Assert.InRange(await visit.TotalAsync(), 0, chosen - 1);
    }

    [Fact]
    public async Task Live_shows_an_event_as_it_comes_and_holds_it_back_while_paused()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/events?service=livetest");
        await visit.Button("Live").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".live-state")).ToHaveTextAsync("Following");
        await site.SendAsync("""{"id":"live-1","action":"create","service":"livetest","actor":{"name":"<b>live</b>"}}""");
        await Assertions.Expect(visit.Page.Locator("tr.fresh")).ToHaveCountAsync(1);
        await Assertions.Expect(visit.Page.Locator("tr.fresh")).ToContainTextAsync("<b>live</b>");
        await visit.Button("Pause").ClickAsync();
        await site.SendAsync("""{"id":"live-2","action":"create","service":"livetest"}""");
        await Assertions.Expect(visit.Page.Locator(".live-state")).ToContainTextAsync("1 waiting");
        await visit.Button("Go on").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("tr.fresh")).ToHaveCountAsync(2);
        Assert.Contains("live=true", visit.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_are_chosen_widened_and_remembered()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/events");
        await visit.Page.Locator("summary", new() { HasText = "Columns" }).ClickAsync();
        await visit.Page.Locator("[data-column=operation] input").CheckAsync();
        await visit.Page.Locator("li[data-column=project] input").UncheckAsync();
        await visit.Button("Show these").ClickAsync();
        await visit.Page.WaitForURLAsync("**columns=**operation**");
        await Assertions.Expect(visit.Page.Locator("th[data-column=operation]")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.Locator("th[data-column=project]")).ToHaveCountAsync(0);
        await visit.Page.GetByLabel("Width of actor name").FocusAsync();
        for (var i = 0; i < 5; i++) await visit.Page.Keyboard.PressAsync("ArrowRight");
        Assert.Contains("actor_name.190", visit.Page.Url, StringComparison.Ordinal);
        await visit.GoAsync("/ui/events");
        await Assertions.Expect(visit.Page.Locator("th[data-column=actor_name]")).ToHaveAttributeAsync("data-width", "190");
    }

    [Fact]
    public async Task A_download_holds_exactly_what_the_filters_show()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/events?from=-30d&service=billing");
        var total = await visit.TotalAsync();
        await visit.Page.Locator("summary", new() { HasText = "Download" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-download]")).ToContainTextAsync(total.ToString("N0", CultureInfo.InvariantCulture));
        var download = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Page.Locator("[data-format=ndjson]").ClickAsync());
        Assert.EndsWith(".ndjson", download.SuggestedFilename, StringComparison.Ordinal);
        Assert.Equal(total, (await File.ReadAllLinesAsync(await download.PathAsync(), Cancellation)).Length);
        await Assertions.Expect(visit.Page.Locator("[data-download-progress] span")).ToContainTextAsync("is saved");
    }

    [Fact]
    public async Task A_view_is_saved_and_its_short_link_opens_it()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/events?from=-30d&service=database&action=create");
        var total = await visit.TotalAsync();
        await visit.Page.Locator("summary", new() { HasText = "Views" }).ClickAsync();
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Backups");
        await visit.Button("Save view").ClickAsync();
        await visit.Page.WaitForURLAsync("**/ui/events?**");
        await visit.Page.Locator("summary", new() { HasText = "Views" }).ClickAsync();
        var link = await visit.Link("Backups").GetAttributeAsync("href");
        Assert.Matches(ShortLink(), link!);
        await visit.GoAsync(link!);
        Assert.Equal(total, await visit.TotalAsync());
        await visit.GoAsync("/ui/v/failed-logins");
        Assert.Contains("result=failure", visit.Page.Url, StringComparison.Ordinal);
        await visit.GoAsync("/ui/v/outside-office-hours");
        Assert.Equal("Events", await visit.Heading.TextContentAsync());
        // Offered by its link, it is by the clocks of the browser's own place.
        await visit.Page.Locator("summary", new() { HasText = "Views" }).ClickAsync();
        await visit.Link("Outside office hours").ClickAsync();
        await visit.Page.WaitForURLAsync("**zone=Europe**");
        await Assertions.Expect(visit.Page.Locator(".chips")).ToContainTextAsync("8-18@Europe/Berlin");
    }

    [Fact]
    public async Task Times_are_shown_in_ones_own_zone_when_asked_for()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/events?from=-30d");
        var utc = await visit.Page.Locator("td.cell-time time").First.TextContentAsync();
        await visit.Page.Locator("[data-local-zone]").ClickAsync();
        await visit.Page.WaitForURLAsync("**zone=Europe**");
        Assert.NotEqual(utc, await visit.Page.Locator("td.cell-time time").First.TextContentAsync());
    }

    [Fact]
    public async Task A_wrong_parameter_says_what_is_wrong_and_how_to_go_on()
    {
        await using var visit = await site.SignInAsync();
        Assert.Equal(400, await visit.GoAsync("/ui/events?acton=create"));
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("acton");
        await visit.Link("Start again without filters").ClickAsync();
        Assert.Equal("Events", await visit.Heading.TextContentAsync());
    }

    [GeneratedRegex("^/ui/v/v[a-z2-9]{9}$")]
    private static partial Regex ShortLink();
}
