using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Http.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Ui.Layout;

/// <summary>What stands around every page: who looks at which tenant, and how they want to see it.</summary>
public sealed record Frame
{
    /// <summary>The page for applications' customers.</summary>
    public const string ViewerPath = "/ui/viewer";

    /// <summary>The parameter of all pages that names the tenant.</summary>
    public const string TenantParameter = "tenant";

    public required string Title { get; init; }

    /// <summary>The present page's path.</summary>
    public required string Path { get; init; }

    public required UrlState Query { get; init; }

    /// <summary>Null on pages for people who have not signed in.</summary>
    public Principal? Principal { get; init; }

    /// <summary>The tenant that the page is about.</summary>
    public string Tenant { get; init; } = TenantName.Default;

    /// <summary>Those that one may choose from; empty without a choice.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    public required IReadOnlyList<NavigationItem> Navigation { get; init; }

    /// <summary>In which times are shown.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary><c>light</c>, <c>dark</c>, or null for what the system says.</summary>
    public string? Theme { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>A stylesheet of this page alone; null for none.</summary>
    public string? Stylesheet { get; init; }

    public static Frame Of(HttpContext http, string title)
    {
        ArgumentNullException.ThrowIfNull(http);
        var services = http.RequestServices;
        var principal = http.Identity();
        var items = services.GetRequiredService<Navigation>().Items;
        var named = http.Request.Query[TenantParameter].ToString();
        return new()
        {
            Title = title,
            Path = http.Request.Path.Value ?? "/",
            Query = UrlState.Of(http.Request.Query),
            Principal = principal,
            Tenant = http.IsAuthenticated() ? http.Scope().Tenant ?? "*" : named is { Length: > 0 } and not "*" ? named : principal?.Tenant ?? TenantName.Default,
            Tenants = principal is { IsSystemAdministrator: true } ? [.. services.GetRequiredService<TenantDirectory>().KnownTo(principal).Select(tenant => tenant.Name)] : [],
            Navigation = principal is null ? [] : [.. items.Where(item => item.IsFor(principal))],
            Zone = Preferences.Zone(http),
            Theme = Preferences.Theme(http),
            Now = services.GetRequiredService<TimeProvider>().GetUtcNow(),
        };
    }

    /// <summary>The page is shown in a frame of an application, to somebody with a viewer's token.</summary>
    public bool IsViewer { get; init; }

    /// <summary>The page of events that links lead to.</summary>
    public string EventsPath => IsViewer ? ViewerPath : "/ui/events";

    /// <summary>A link to one event; in a viewer it keeps the list's state.</summary>
    public string EventHref(long sequence)
    {
        var key = sequence.ToString(CultureInfo.InvariantCulture);
        return IsViewer ? Query.Without("cursor").With("event", key).After(ViewerPath) : Href($"/ui/event/{key}");
    }

    /// <summary>A link to another page, about the same tenant.</summary>
    public string Href(string path, UrlState? query = null)
    {
        var state = query ?? UrlState.Empty;
        return (Query[TenantParameter] is { } tenant ? state.With(TenantParameter, tenant) : state).After(path);
    }

    /// <summary>A link to another page, about the same tenant, with one parameter.</summary>
    public string Href(string path, string name, string value) => Href(path, UrlState.Empty.With(name, value));

    /// <summary>A link to a route of the native API, about the same tenant.</summary>
    public string Api(string path, UrlState? query = null) => Href("/audit/v1" + path, query);

    public bool May(Permission permission, bool wholeTenant = false) => Principal is { } principal && PageAccess.May(principal, permission, wholeTenant);
}
