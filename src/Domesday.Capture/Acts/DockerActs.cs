using Domesday.Events.Capture;

namespace Domesday.Capture.Acts;

/// <summary>The Docker Engine's API, Swarm included.</summary>
/// <remarks>Source: Docker Engine API 1.47. Collections are plural, a POST names its verb behind the id, and the id of what was created is <c>Id</c>, <c>ID</c> or <c>Name</c>.</remarks>
public sealed class DockerActs : IActDecoder
{
    private static readonly string[] ImageEnds = ["json", "history", "push", "tag", "get"];

    /// <summary>Verbs that change something, as actions of the event model; all others are their own action.</summary>
    private static readonly Dictionary<string, string> Actions = new()
    {
        ["rename"] = "update",
        ["resize"] = "update",
        ["set"] = "update",
        ["upgrade"] = "update",
        ["tag"] = "update",
        ["archive"] = "update",
        ["enable"] = "update",
        ["disable"] = "update",
        ["prune"] = "delete",
        ["init"] = "create",
    };

    public string Service => "docker";

    public Act Decode(string method, RequestPath path, string target)
    {
        ArgumentNullException.ThrowIfNull(path);
        var parts = path.Segments.Skip(path.HasVersion ? 1 : 0).ToArray();
        if (parts.Length == 0) return new() { Action = HttpVerb.ActionOf(method) };
        return parts[0] switch
        {
            "images" => Image(method, parts, target),
            "build" => NewImage("build", HttpVerb.Query(target, "t"), parts.Length > 1 ? "prune" : null),
            "commit" => NewImage("commit", HttpVerb.Query(target, "repo"), null) with { CreatedId = ["Id"] },
            "auth" => new() { Action = "login", Operation = "auth", ResourceType = "registry" },
            "swarm" => Swarm(method, parts),
            "exec" => Exec(method, parts),
            "session" or "grpc" => new() { Action = "create", Operation = parts[0], ResourceType = "build" },
            "distribution" => new() { Action = "read", Operation = "distribution.inspect", ResourceType = "image", ResourceName = string.Join('/', parts[1..^1]) },
            _ => Collection(method, parts, target),
        };
    }

    private static Act Collection(string method, string[] parts, string target)
    {
        var type = Singular(parts[0]);
        // Names of plugins have slashes, and are escaped or not.
        var verb = parts.Length > 2 ? parts[^1] : null;
        if (parts is [_, "create"] && method == "POST")
        {
            return new() { Action = "create", Operation = $"{type}.create", ResourceType = type, ResourceName = HttpVerb.Query(target, "name"), CreatedId = ["Id", "ID"], CreatedName = ["Name"] };
        }
        if (parts is [_, "prune"] && method == "POST") return new() { Action = "delete", Operation = $"{type}.prune", ResourceType = type };
        if (parts is [_, "pull"] && method == "POST") return new() { Action = "create", Operation = $"{type}.pull", ResourceType = type, ResourceName = HttpVerb.Query(target, "remote") };
        var id = parts.Length switch { > 2 => string.Join('/', parts[1..^1]), 2 when parts[1] != "json" => parts[1], _ => null };
        if (HttpVerb.IsSafe(method)) return new() { Action = "read", Operation = $"{type}.{verb ?? (id is null ? "list" : "inspect")}", ResourceType = type, SubType = verb is "json" ? null : verb, ResourceId = id };
        if (verb is null) return new() { Action = HttpVerb.ActionOf(method), Operation = $"{type}.{HttpVerb.ActionOf(method)}", ResourceType = type, ResourceId = id };
        var made = new Act { Action = Actions.GetValueOrDefault(verb) ?? (HttpVerb.IsWord(verb) ? verb : HttpVerb.ActionOf(method)), Operation = $"{type}.{verb}", ResourceType = type, ResourceId = id };
        return verb is "exec" ? made with { SubType = "exec", CreatedId = ["Id"] } : verb is "archive" ? made with { SubType = "archive" } : made;
    }

    private static Act Image(string method, string[] parts, string target)
    {
        if (parts is [_, "create"]) return NewImage(HttpVerb.Query(target, "fromSrc") is null ? "pull" : "import", Tagged(HttpVerb.Query(target, "fromImage") ?? HttpVerb.Query(target, "repo"), HttpVerb.Query(target, "tag")), null);
        if (parts is [_, "load" or "prune" or "search" or "get" or "json"] && parts[1] is var word)
            return word == "load" ? NewImage("load", null, null) : word == "prune" ? NewImage("build", null, "prune") : new() { Action = "read", Operation = $"image.{(word == "json" ? "list" : word)}", ResourceType = "image" };
        var verb = parts.Length > 2 && ImageEnds.Contains(parts[^1]) ? parts[^1] : null;
        var name = parts.Length < 2 ? null : string.Join('/', verb is null ? parts[1..] : parts[1..^1]);
        if (method == "DELETE") return new() { Action = "delete", Operation = "image.delete", ResourceType = "image", ResourceName = string.Join('/', parts[1..]) };
        if (HttpVerb.IsSafe(method)) return new() { Action = "read", Operation = $"image.{verb ?? "list"}", ResourceType = "image", ResourceName = name };
        return new() { Action = verb == "push" ? "push" : "update", Operation = $"image.{verb ?? "update"}", ResourceType = "image", ResourceName = name };
    }

    private static Act NewImage(string operation, string? name, string? prune) =>
        new() { Action = prune is null ? "create" : "delete", Operation = $"image.{prune ?? operation}", ResourceType = "image", ResourceName = name };

    private static Act Swarm(string method, string[] parts)
    {
        var verb = parts.Length > 1 ? parts[1] : null;
        if (HttpVerb.IsSafe(method)) return new() { Action = "read", Operation = $"swarm.{verb ?? "inspect"}", ResourceType = "swarm" };
        var action = verb is null ? HttpVerb.ActionOf(method) : Actions.GetValueOrDefault(verb) ?? (HttpVerb.IsWord(verb) ? verb : "update");
        // The answer to init is the node's id, as a text alone.
        return new() { Action = action, Operation = $"swarm.{verb ?? action}", ResourceType = "swarm", CreatedId = verb == "init" ? [""] : [] };
    }

    private static Act Exec(string method, string[] parts)
    {
        var verb = parts.Length > 2 ? parts[2] : "inspect";
        return new() { Action = HttpVerb.IsSafe(method) ? "read" : verb == "start" ? "exec" : "update", Operation = $"exec.{(verb == "json" ? "inspect" : verb)}", ResourceType = "exec", ResourceId = parts.Length > 1 ? parts[1] : null };
    }

    private static string? Tagged(string? image, string? tag) => image is null || tag is null || image.Contains('@', StringComparison.Ordinal) ? image
        : tag.StartsWith("sha256:", StringComparison.Ordinal) ? $"{image}@{tag}" : $"{image}:{tag}";

    private static string Singular(string collection) => collection.Length > 2 && collection.EndsWith('s') ? collection[..^1] : collection;
}
