namespace Domesday.Events.Capture;

/// <summary>The endpoints that are never recorded, with all that lies below them, with and without an API version before them.</summary>
/// <remarks>Only a path that everybody reads in the same way can be ignored, see <see cref="RequestPath.IsPlain"/>.</remarks>
public sealed class IgnoreList
{
    private readonly PathPattern[] _patterns;

    /// <param name="endpoints">Such as <c>/metrics</c> or <c>/version*</c>.</param>
    /// <exception cref="FormatException">One of them is no pattern.</exception>
    public IgnoreList(IEnumerable<string> endpoints)
    {
        Endpoints = [.. endpoints];
        _patterns = [.. Endpoints.Select(endpoint => PathPattern.Parse(endpoint.TrimEnd('/') + "/**"))];
    }

    public IReadOnlyList<string> Endpoints { get; }

    /// <summary>Ignores nothing.</summary>
    public static IgnoreList Empty { get; } = new([]);

    /// <summary>The thirteen endpoints that Docker UCP ignores.</summary>
    /// <remarks>Source: Docker UCP, «Create UCP audit logs», «API endpoints ignored»; the same through MKE 3.9.</remarks>
    public static IgnoreList DockerUcp { get; } = new(
    [
        "/_ping", "/ca", "/auth", "/trustedregistryca", "/kubeauth", "/metrics", "/info", "/version*", "/debug", "/openid_keys", "/apidocs",
        "/kubernetesdocs", "/manage",
    ]);

    public bool Ignores(RequestPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.IsPlain && Array.Exists(_patterns, pattern => pattern.Matches(path));
    }
}
