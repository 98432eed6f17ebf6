using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Domesday.Core.Access;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Ui.Tests;

/// <summary>Renders components as the service does, and reads what a browser would.</summary>
internal static class Rendered
{
    public static Frame Frame(string query = "", TimeZoneInfo? zone = null, Permission permissions = Rights.All) => new()
    {
        Title = "Test",
        Path = "/ui/events",
        Query = UrlState.Of(query),
        Principal = new("acme", "user", "usr_1", "jane", permissions),
        Tenant = "acme",
        Navigation = [],
        Zone = zone ?? TimeZoneInfo.Utc,
        Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
    };

    public static Task<IDocument> PartAsync<T>(params (string Name, object? Value)[] parameters)
        where T : IComponent => PartAsync<T>(Frame(), parameters);

    public static async Task<IDocument> PartAsync<T>(Frame frame, params (string Name, object? Value)[] parameters)
        where T : IComponent
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        RenderFragment content = builder =>
        {
            builder.OpenComponent<T>(0);
            foreach (var (name, value) in parameters) builder.AddComponentParameter(1, name, value);
            builder.CloseComponent();
        };
        var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<CascadingValue<Frame>>(ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            ["Value"] = frame,
            ["ChildContent"] = content,
        }))).ToHtmlString());
        return await new HtmlParser().ParseDocumentAsync($"<table>{html}</table>", TestContext.Current.CancellationToken) is var whole && html.TrimStart().StartsWith("<tbody", StringComparison.Ordinal)
            ? whole
            : await new HtmlParser().ParseDocumentAsync(html, TestContext.Current.CancellationToken);
    }
}
