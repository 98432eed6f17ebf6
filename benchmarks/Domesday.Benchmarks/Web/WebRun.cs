using System.Globalization;
using Domesday.Benchmarks.Ledger;
using Domesday.Benchmarks.Workload;
using Domesday.Events;
using Microsoft.Playwright;

namespace Domesday.Benchmarks.Web;

/// <summary>The pages over many events in Chromium, as the browser itself measures them.</summary>
public sealed class WebRun : IDisposable
{
    /// <summary>From Debian; nothing is downloaded.</summary>
    private const string Chromium = "/usr/bin/chromium";

    private const int Visits = 30;

    private static readonly (string What, string Path)[] Pages =
    [
        ("events, newest first, the last day", "/ui/events"),
        ("events, newest first, all of them", "/ui/events?from=-40d"),
        ("deletions of one service", "/ui/events?from=-40d&action=delete&service=compute"),
        ("all but reading, by the time they happened", "/ui/events?from=-40d&exclude_action=read&sort=time"),
        ("search for a word", "/ui/events?from=-40d&q=user0042"),
        ("search for a word that is nowhere", "/ui/events?from=-40d&q=nowhere-to-be-found"),
        ("overview", "/"),
        ("usage by project, before resources are counted", "/ui/usage?from=-40d&by=project"),
        ("usage by actor, before resources are counted", "/ui/usage?from=-40d&by=actor"),
        ("usage by day, before resources are counted", "/ui/usage?from=-40d&by=day"),
        ("one event", "/ui/event/1000"),
        ("integrity", "/ui/integrity"),
        ("retention", "/ui/admin/retention"),
    ];

    private readonly string _folder;
    private readonly int _events;
    private readonly Report _report;
    private readonly PreparedWorkload _lines;

    public WebRun(string folder, int events, Report report)
    {
        (_folder, _events, _report) = (folder, events, report);
        Directory.CreateDirectory(folder);
        var start = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()).Microseconds - WorkloadGenerator.SpanMicroseconds;
        _lines = PreparedWorkload.Lines(new(events, start), events, Path.Combine(folder, "lines"));
    }

    public static bool IsInstalled => File.Exists(Chromium);

    public async Task RunAsync()
    {
        var data = Path.Combine(_folder, "data");
        string key;
        using (var server = await DomesdayServer.StartAsync(data))
        {
            await IngestBenchmark.BatchesAsync(server, _lines);
            await server.SettledAsync();
            key = server.Key;
        }
        // Started anew: the first visit finds nothing in the service's memory.
        using var again = await DomesdayServer.StartAsync(data, key: key);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
        var context = await browser.NewContextAsync(new() { BaseURL = again.Address.ToString(), ViewportSize = new() { Width = 1440, Height = 900 } });
        var page = await context.NewPageAsync();
        await SignInAsync(page);
        await PagesAsync(page);
        await ReportsAsync(page);
    }

    public void Dispose()
    {
        _lines.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task SignInAsync(IPage page)
    {
        // The form itself: the overview that follows it would be a first visit of its own.
        await page.GotoAsync("/ui/sign-in");
        await page.GetByLabel("User").FillAsync("admin");
        await page.GetByLabel("Password").FillAsync(DomesdayServer.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
    }

    private async Task PagesAsync(IPage page)
    {
        _report.Text($"**Pages** in Chromium, 1440 pixels wide, each opened {Visits} times: when the browser first painted it (first contentful paint), and when everything on it was loaded, from the moment that one asked for it. Asked: the first page of events in less than one second.");
        _report.Header("page", "first visit: painted, ms", "painted, p50 / p99 ms", "loaded, p50 / p99 ms", "answered by the service, p50 / p99 ms");
        foreach (var (what, path) in Pages)
        {
            var (painted, loaded, answered) = (new List<double>(), new List<double>(), new List<double>());
            for (var visit = 0; visit < Visits; visit++)
            {
                await page.GotoAsync("about:blank");
                var answer = await page.GotoAsync(path);
                if (answer?.Ok != true) throw new InvalidOperationException($"{path} answered {answer?.Status}.");
                var times = await page.EvaluateAsync<double[]>(
                    "() => new Promise(done => { const look = () => { const paint = performance.getEntriesByName('first-contentful-paint')[0], load = performance.getEntriesByType('navigation')[0]; paint && load.loadEventEnd ? done([paint.startTime, load.loadEventEnd, load.responseEnd]) : setTimeout(look, 10); }; look(); })");
                painted.Add(times[0]);
                loaded.Add(times[1]);
                answered.Add(times[2]);
            }
            var measured = new Measured(painted);
            _report.Row(what, Measured.Text(measured.First), measured.ToString(), new Measured(loaded).ToString(), new Measured(answered).ToString());
        }
        _report.End();
    }

    /// <summary>From the moment that the page is asked for until its resources stand there.</summary>
    private async Task ReportsAsync(IPage page)
    {
        var seconds = new List<string>();
        foreach (var by in (string[])["project", "actor", "service", "day"])
        {
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            await page.GotoAsync($"/ui/usage?from=-40d&by={by}");
            await page.Locator("[data-usage]").WaitForAsync(new() { State = WaitForSelectorState.Detached, Timeout = 600_000 });
            seconds.Add(string.Create(CultureInfo.InvariantCulture, $"{System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s by {by}"));
        }
        _report.Text($"Different resources of all {Report.Number(_events)} events are counted, with progress, in {string.Join(", ", seconds)}.");
    }
}
