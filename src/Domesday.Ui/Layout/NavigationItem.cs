using Domesday.Core.Access;

namespace Domesday.Ui.Layout;

/// <summary>One line of the navigation, shown to those who may open its page.</summary>
/// <param name="Path">Also tells which line is the present one: that of the longest path that the page's path begins with.</param>
/// <param name="Needs">None for everybody who is signed in.</param>
public sealed record NavigationItem(string Title, string Path, string Icon, Permission Needs = Permission.None)
{
    /// <summary>The page is about the whole tenant: readers of some projects do not see it.</summary>
    public bool WholeTenant { get; init; }

    /// <summary>The heading that it stands below; null for the first ones.</summary>
    public string? Group { get; init; }

    /// <summary>Whether this principal may open the page.</summary>
    public bool IsFor(Principal principal) => PageAccess.May(principal, Needs, WholeTenant);
}

/// <summary>All lines, in order; registered as a service, so that the layout does not know the pages.</summary>
public sealed record Navigation(IReadOnlyList<NavigationItem> Items);
