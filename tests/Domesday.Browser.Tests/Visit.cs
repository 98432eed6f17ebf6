using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Domesday.Browser.Tests;

/// <summary>Somebody's browser window. Whatever the browser complains about fails the test: scripts that fail, and what the content policy stopped.</summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    public Visit(IBrowserContext context, IPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        (_context, Page) = (context, page);
        page.PageError += (_, error) => _complaints.Enqueue(error);
        // A page that is refused is a failed resource to the console; tests say what they expect of it.
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) _complaints.Enqueue(message.Text);
        };
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
    }

    public IPage Page { get; }

    public async Task<int> GoAsync(string path) => (await Page.GotoAsync(path))!.Status;

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public ILocator Heading => Page.Locator("main h1").First;

    /// <summary>How many events the page says there are.</summary>
    public async Task<long> TotalAsync() => long.Parse((await Page.Locator("[data-total]").First.GetAttributeAsync("data-total"))!, System.Globalization.CultureInfo.InvariantCulture);

    public Task ShotAsync(string name, bool whole = false) => Page.ScreenshotAsync(new() { Path = Path.Combine(Site.Shots, name + ".png"), FullPage = whole });

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.Empty(_complaints);
    }
}
