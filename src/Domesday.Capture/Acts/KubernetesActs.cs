using Domesday.Events.Capture;

namespace Domesday.Capture.Acts;

/// <summary>The Kubernetes API.</summary>
/// <remarks>Source: k8s.io/apiserver pkg/endpoints/request, RequestInfo; the actions are those of the source for Kubernetes' own audit events.</remarks>
public sealed class KubernetesActs : IActDecoder
{
    public string Service => "kubernetes";

    public Act Decode(string method, RequestPath path, string target)
    {
        ArgumentNullException.ThrowIfNull(path);
        var parts = path.Segments.ToList();
        var isCore = parts is ["api", _, ..];
        if (!isCore && parts is not ["apis", _, _, ..]) return new() { Action = HttpVerb.ActionOf(method), Operation = method.ToLowerInvariant() };
        var group = isCore ? "" : parts[1];
        parts.RemoveRange(0, isCore ? 2 : 3);
        if (parts.Count == 0) return new() { Action = HttpVerb.ActionOf(method), Operation = method.ToLowerInvariant() };
        var isWatch = parts is ["watch", _, ..];
        if (isWatch) parts.RemoveAt(0);
        string? space = null;
        // A namespace's own finalize and status are of the namespace; whatever else follows it lies within.
        if (parts is ["namespaces", var named, ..] && parts.Count > 2 && parts[2] is not ("status" or "finalize"))
        {
            space = named;
            parts.RemoveRange(0, 2);
        }
        var (resource, name, subresource) = (parts[0], parts.Count > 1 ? parts[1] : null, parts.Count > 2 ? string.Join('/', parts.Skip(2)) : null);
        var verb = VerbOf(method, name, isWatch || HttpVerb.Query(target, "watch") is "true" or "1");
        return new()
        {
            Action = ActionOf(verb, subresource),
            Operation = verb,
            Service = group.Length == 0 ? null : group,
            ResourceType = resource,
            SubType = subresource,
            ResourceName = name,
            Namespace = resource == "namespaces" ? null : space,
            CreatedId = verb == "create" && subresource is null ? ["metadata.uid"] : [],
            CreatedName = verb == "create" && subresource is null ? ["metadata.name"] : [],
        };
    }

    private static string VerbOf(string method, string? name, bool isWatch) => method switch
    {
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => name is null ? "deletecollection" : "delete",
        "GET" or "HEAD" => isWatch ? "watch" : name is null ? "list" : "get",
        _ => method.ToLowerInvariant(),
    };

    private static string ActionOf(string verb, string? subresource) => (verb, subresource?.Split('/')[0]) switch
    {
        (_, "exec") => "exec",
        (_, "attach") => "attach",
        (_, "portforward") => "forward",
        (_, "proxy") => "proxy",
        ("create", "eviction") => "evict",
        ("create", "binding") => "bind",
        ("get" or "list" or "watch" or "options", _) => "read",
        ("create", _) => "create",
        ("update" or "patch", _) => "update",
        ("delete" or "deletecollection", _) => "delete",
        _ => "unknown",
    };
}
