using Microsoft.AspNetCore.Routing.Patterns;

namespace Domesday.Server.OpenApi;

/// <summary>A route's pattern as OpenAPI writes paths: without constraints, and once more without what may be left out.</summary>
internal sealed class RoutePath
{
    private static readonly Dictionary<string, (Form Form, string Meaning)> Known = new()
    {
        ["id"] = (Form.Text, "Its id, or its name."),
        ["key"] = (Form.Text, "An API key, for senders that cannot set a header."),
        ["sequence"] = (Form.Number(0), "Its number in the tenant's ledger."),
        ["sha256"] = (Form.Text, "SHA-256 of the body, in lower-case hex."),
        ["tenantUid"] = (Form.Text, "Name of the tenant."),
    };

    private readonly RoutePattern _pattern;

    private RoutePath(RoutePattern pattern, IReadOnlyList<RoutePatternPathSegment> segments)
    {
        _pattern = pattern;
        Parts = [.. segments.Select(segment => string.Concat(segment.Parts.Select(Written)))];
        Parameters = [.. segments.SelectMany(segment => segment.Parts).OfType<RoutePatternParameterPart>().Select(part => part.Name)];
    }

    public string Text => "/" + string.Join('/', Parts);

    public bool IsPage => Text == "/" || Text.StartsWith("/ui/", StringComparison.Ordinal);

    /// <summary>Names in braces, in their order.</summary>
    public IReadOnlyList<string> Parameters { get; }

    private IReadOnlyList<string> Parts { get; }

    public static IEnumerable<RoutePath> Of(RoutePattern pattern)
    {
        yield return new(pattern, pattern.PathSegments);
        if (pattern.PathSegments is [.., { Parts: [RoutePatternParameterPart { IsOptional: true }] }]) yield return new(pattern, [.. pattern.PathSegments.SkipLast(1)]);
    }

    /// <summary>Such as <c>get_audit_v1_events</c>: the same for every version that has the route.</summary>
    public string OperationId(string method) =>
        string.Join('_', Parts.SelectMany(part => part.Split('-', '.', '{', '}')).Where(word => word.Length > 0).Prepend(method.ToLowerInvariant()));

    public Form FormOf(string name) => Known.TryGetValue(name, out var known) && !IsCatchAll(name) ? known.Form : Form.Text;

    public string? MeaningOf(string name) => IsCatchAll(name) ? "May hold slashes." : Known.TryGetValue(name, out var known) ? known.Meaning : null;

    private bool IsCatchAll(string name) => _pattern.GetParameter(name) is { IsCatchAll: true };

    private static string Written(RoutePatternPart part) => part switch
    {
        RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        _ => "",
    };
}
