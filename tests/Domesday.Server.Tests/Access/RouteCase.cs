using Domesday.Core.Access;

namespace Domesday.Server.Tests.Access;

/// <summary>Whom a route is for.</summary>
internal enum RouteFor
{
    /// <summary>Anyone, without a credential.</summary>
    Everybody,

    /// <summary>Any valid credential.</summary>
    Anybody,

    /// <summary>Who holds the permission; readers of some projects see these alone.</summary>
    Project,

    /// <summary>Who holds the permission for the whole tenant.</summary>
    Tenant,

    /// <summary>Those who run the service.</summary>
    Operator,
}

/// <summary>What the matrix knows of one route, said once more and independently of the route itself.</summary>
/// <param name="Route">Method and pattern.</param>
/// <param name="Call">
/// How it is called: a path with query. Names in braces are replaced by what the other tenant has (see <see cref="MatrixWorld"/>).
/// </param>
/// <param name="Body">JSON; null for none.</param>
internal sealed record RouteCase(string Route, RouteFor For, Permission Needs, string Call, string? Body = null)
{
    /// <summary>Its answer has no end: it is read until the last visible event came.</summary>
    public bool IsEndless { get; init; }

    /// <summary>A permission that will do instead.</summary>
    public Permission? Or { get; init; }

    /// <summary>A key may stand in its path.</summary>
    public bool TakesKeyInPath { get; init; }

    public HttpMethod Method => new(Route.Split(' ')[0]);

    /// <summary>It names something by an id of its own, beside the tenant.</summary>
    public bool NamesSomething => Call.Contains('{', StringComparison.Ordinal);
}
