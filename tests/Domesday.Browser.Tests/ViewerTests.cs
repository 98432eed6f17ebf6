using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;

namespace Domesday.Browser.Tests;

/// <summary>An application shows its customers their events, in a frame of its own page on another origin.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ViewerTests(Site site)
{
    private async Task<string> TokenAsync(int seconds = 3600) =>
        (string)(await site.MakeAsync("viewer-tokens", $$$"""{"name":"Customer of web","fields":{"project_id":"p-web"},"seconds":{{{seconds}}}}"""))["token"]!;

    /// <summary>Shows the frame in the page of the application, as that page's own script would.</summary>
    private static async Task<IFrameLocator> FrameAsync(Visit visit, string source)
    {
        await visit.Page.EvaluateAsync("source => { const frame = document.createElement('iframe'); frame.title = 'Audit'; frame.style = 'width:100%;height:700px;border:0'; frame.src = source; document.getElementById('place').append(frame); }", source);
        return visit.Page.FrameLocator("iframe");
    }

    private static async Task<long> TotalAsync(IFrameLocator frame) => long.Parse((await frame.Locator("[data-total]").First.GetAttributeAsync("data-total"))!, CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_customer_sees_their_own_events_alone_and_the_token_is_in_no_address_that_is_asked_for()
    {
        Site.Need();
        var token = await TokenAsync();
        await using var visit = await site.OpenAsync();
        var asked = new ConcurrentQueue<(string Url, string Referrer)>();
        visit.Page.Request += (_, request) => asked.Enqueue((request.Url, request.Headers.GetValueOrDefault("referer", "")));
        await visit.GoAsync(site.Receiver.Url + "/portal");
        var frame = await FrameAsync(visit, $"{site.Url}ui/viewer?from=-30d&columns=time~actor_name~action~resource_name~project_id#token={token}");
        await Assertions.Expect(frame.Locator("h1")).ToHaveTextAsync("Events");
        var all = await TotalAsync(frame);
        Assert.InRange(all, 1, Site.DemoEvents - 1);
        Assert.All(await frame.Locator("td:nth-child(5)").AllTextContentsAsync(), project => Assert.Equal("p-web", project.Trim()));
        await visit.ShotAsync("viewer-light-1440");
        await frame.Locator(".facets").GetByTitle("Only these").Filter(new() { HasText = "delete" }).ClickAsync();
        await Assertions.Expect(frame.Locator(".chips")).ToContainTextAsync("action is delete");
        Assert.InRange(await TotalAsync(frame), 1, all - 1);
        await frame.Locator("tbody a").First.ClickAsync();
        await Assertions.Expect(frame.Locator("h1")).ToContainTextAsync("Event ");
        await Assertions.Expect(frame.Locator(".fields")).ToContainTextAsync("p-web");
        await visit.Page.EvaluateAsync("history.back()");
        await Assertions.Expect(frame.Locator(".chips")).ToContainTextAsync("action is delete");
        await visit.Page.EvaluateAsync("history.back()");
        await Assertions.Expect(frame.Locator("[data-total]").First).ToHaveAttributeAsync("data-total", all.ToString(CultureInfo.InvariantCulture));
        Assert.Empty(await visit.Page.Context.CookiesAsync());
        Assert.DoesNotContain(asked, request => request.Url.Contains(token, StringComparison.Ordinal) && !request.Url.Contains('#', StringComparison.Ordinal));
        Assert.DoesNotContain(asked, request => request.Referrer.Contains(token, StringComparison.Ordinal));
        Assert.DoesNotContain(token, visit.Page.Frames[^1].Url, StringComparison.Ordinal);
        await EveryPageTests.AssertAccessibleAsync(visit.Page, "viewer");
    }

    [Fact]
    public async Task Searching_choosing_a_time_and_downloading_work_with_the_token_alone()
    {
        Site.Need();
        await using var visit = await site.OpenAsync(width: 390);
        await visit.GoAsync(site.Receiver.Url + "/portal");
        var frame = await FrameAsync(visit, $"{site.Url}ui/viewer?from=-30d#token={await TokenAsync()}");
        await frame.GetByLabel("Value", new() { Exact = true }).FillAsync("kubern");
        await frame.GetByLabel("Field").SelectOptionAsync("service");
        await frame.GetByLabel("Value", new() { Exact = true }).FillAsync("kubern");
        await frame.GetByRole(AriaRole.Option).Filter(new() { HasText = "kubernetes" }).ClickAsync();
        await Assertions.Expect(frame.Locator(".chips")).ToContainTextAsync("service is kubernetes");
        var total = await TotalAsync(frame);
        await visit.ShotAsync("viewer-light-390");
        await frame.Locator("summary", new() { HasText = "Download" }).ClickAsync();
        var download = await visit.Page.RunAndWaitForDownloadAsync(() => frame.Locator("[data-format=ndjson]").ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal(total, lines.Length);
        Assert.All(lines, line => Assert.Contains("\"p-web\"", line, StringComparison.Ordinal));
        await frame.GetByText("7 days", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(frame.Locator(".range [aria-current]")).ToHaveTextAsync("7 days");
        await Assertions.Expect(frame.Locator(".chips")).ToContainTextAsync("service is kubernetes");
    }

    [Fact]
    public async Task A_token_that_is_not_valid_shows_nothing_and_the_page_around_may_bring_another()
    {
        Site.Need();
        await using var visit = await site.OpenAsync();
        await visit.GoAsync(site.Receiver.Url + "/portal");
        await visit.Page.EvaluateAsync("token => addEventListener('message', event => { if (event.data.domesday_viewer === 'token_wanted') setTimeout(() => event.source.postMessage({ domesday_viewer_token: token }, event.origin), 300); }, { once: true })", await TokenAsync());
        var frame = await FrameAsync(visit, $"{site.Url}ui/viewer?from=-30d#token=nonsense");
        await Assertions.Expect(frame.GetByRole(AriaRole.Alert)).ToContainTextAsync("Your access has ended");
        await Assertions.Expect(frame.Locator("[data-total]").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task No_other_site_may_put_it_in_a_frame_and_nobody_sees_anything_without_a_token()
    {
        Site.Need();
        using var plain = new HttpClient();
        using var answer = await plain.GetAsync(new Uri(site.Url, "/ui/viewer"), TestContext.Current.CancellationToken);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.EndsWith($"frame-ancestors {site.Receiver.Url}", policy, StringComparison.Ordinal);
        Assert.Equal(["no-referrer"], answer.Headers.GetValues("Referrer-Policy"));
        using var other = await plain.GetAsync(new Uri(site.Url, "/ui/sign-in"), TestContext.Current.CancellationToken);
        Assert.EndsWith("frame-ancestors 'none'", Assert.Single(other.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        await using var visit = await site.OpenAsync();
        await visit.GoAsync("/ui/viewer");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("shown by an application");
        using var part = await plain.GetAsync(new Uri(site.Url, "/ui/viewer/part"), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, part.StatusCode);
    }
}
