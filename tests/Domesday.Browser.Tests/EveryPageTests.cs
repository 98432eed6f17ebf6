using System.Globalization;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Domesday.Browser.Tests;

/// <summary>What must hold on each page.</summary>
[Collection(BrowserCollection.Name)]
public sealed class EveryPageTests(Site site)
{
    private static readonly (string Name, string Path)[] Paths =
    [
        ("overview", "/"), ("events", "/ui/events?from=-7d"), ("events-filtered", "/ui/events?from=-30d&action=delete&exclude_service=storage"), ("events-empty", "/ui/events?service=nobody"),
        ("event", "/ui/event/change-1?compare=7"), ("integrity", "/ui/integrity"), ("sources", "/ui/sources"), ("sinks", "/ui/sinks"),
        ("sink", "/ui/sinks/strict"), ("sink-new", "/ui/sinks/new?type=s3"), ("alerts", "/ui/alerts"), ("alert", "/ui/alerts/Nothing%20from%20billing"), ("alert-new", "/ui/alerts/new"), ("usage", "/ui/usage"), ("profile", "/ui/me"), ("users", "/ui/admin/users"),
        ("user", "/ui/admin/users/admin"), ("applications", "/ui/admin/applications"), ("keys", "/ui/admin/keys"), ("roles", "/ui/admin/roles"), ("grants", "/ui/admin/grants"),
        ("tenants", "/ui/admin/tenants"), ("capture", "/ui/admin/capture"), ("retention", "/ui/admin/retention"), ("not-found", "/ui/event/987654321"), ("gone", "/ui/event/forgotten-1"), ("wrong", "/ui/events?from=yesterday"),
    ];

    public static TheoryData<string, string> Pages => new(Paths.Select(page => (page.Name, page.Path)));

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Nothing_keeps_people_out_who_see_or_work_differently(string name, string path)
    {
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using var visit = await site.SignInAsync(scheme: scheme);
            await visit.GoAsync(path);
            await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            await visit.ShotAsync($"{name}-{scheme.ToString().ToLowerInvariant()}-1440");
            await AssertAccessibleAsync(visit.Page, $"{name} {scheme}");
            Assert.Empty(await FaultsOfLayoutAsync(visit.Page));
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_fits_a_telephone_without_scrolling_sideways(string name, string path)
    {
        await using var visit = await site.SignInAsync(width: 390);
        await visit.GoAsync(path);
        await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await visit.ShotAsync($"{name}-light-390", whole: true);
        var (wide, shown) = (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), await visit.Page.EvaluateAsync<int>("document.documentElement.clientWidth"));
        Assert.True(wide <= shown, $"{path} is {wide} wide of {shown}.");
        await AssertAccessibleAsync(visit.Page, $"{name} 390");
        Assert.Empty(await FaultsOfLayoutAsync(visit.Page));
    }

    [Fact]
    public async Task The_form_for_signing_in_is_accessible_and_a_deep_link_survives_it()
    {
        await using var visit = await site.OpenAsync();
        Assert.Equal(401, await visit.GoAsync("/ui/events?from=-30d&action=delete"));
        await AssertAccessibleAsync(visit.Page, "sign in");
        await visit.ShotAsync("sign-in");
        await visit.Page.GetByLabel("User").FillAsync("admin");
        await visit.Page.GetByLabel("Password").FillAsync(EndToEnd.Tests.ServiceProcess.Password);
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.WaitForURLAsync("**/ui/events?from=-30d&action=delete");
        await visit.Button("Sign out").ClickAsync();
        await visit.Page.WaitForURLAsync("**/ui/sign-in");
        Assert.Equal(401, await visit.GoAsync("/ui/events"));
    }

    [Fact]
    public async Task The_theme_is_switched_and_stays_so()
    {
        await using var visit = await site.SignInAsync();
        await visit.Page.GetByLabel("Change to the dark theme").ClickAsync();
        await visit.GoAsync("/ui/usage");
        Assert.Equal("dark", await visit.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
    }

    /// <summary>Reported and not asserted: what the machine does beside it decides.</summary>
    [Fact]
    public async Task The_first_page_of_events_reports_how_long_it_took()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/events?from=-30d");
        var milliseconds = await visit.Page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now()");
        Assert.InRange(milliseconds, 0, double.MaxValue);
        var total = await visit.TotalAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"First page over {total} events: painted after {milliseconds:F0} ms."));
    }

    /// <summary>What one sees at once when it is wrong: boxes that touch, buttons of different heights side by side, words that run out of their box.</summary>
    private static Task<string[]> FaultsOfLayoutAsync(IPage page) => page.EvaluateAsync<string[]>("""
        () => {
          const seen = element => element.checkVisibility() && !element.classList.contains("unseen");
          const said = element => (element.className || element.tagName) + " «" + element.textContent.trim().slice(0, 40) + "»";
          const faults = [];
          for (const box of document.querySelectorAll("main .card, main .cards, main .plain-scroll, main .figures, main .notice")) {
            let before = box.previousElementSibling;
            while (before && !seen(before)) before = before.previousElementSibling;
            if (!seen(box) || !before) continue;
            const [upper, lower] = [before.getBoundingClientRect(), box.getBoundingClientRect()];
            if (upper.right > lower.left && upper.left < lower.right && lower.top - upper.bottom < 4) faults.push(`${said(box)} touches ${said(before)}`);
          }
          for (const group of document.querySelectorAll("main .actions, main .toolbar")) {
            const heights = [...group.querySelectorAll("button")].filter(seen).map(button => Math.round(button.getBoundingClientRect().height));
            if (new Set(heights).size > 1) faults.push(`Buttons of ${said(group)} are ${heights.join(", ")} high`);
          }
          for (const box of document.querySelectorAll("main .figure, main .card > h2, main button, main .button, main .result")) {
            if (seen(box) && box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).display !== "inline") faults.push(`${said(box)} is ${box.scrollWidth} wide in ${box.clientWidth}`);
          }
          return faults;
        }
        """);

    internal static async Task AssertAccessibleAsync(IPage page, string what)
    {
        var result = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } });
        var faults = result.Violations.SelectMany(violation => violation.Nodes.Take(3).Select(node => $"{what}: {violation.Id}: {node.Html[..Math.Min(160, node.Html.Length)]}"));
        Assert.Empty(faults);
    }
}
