namespace Domesday.Ingest.KubernetesAudit;

/// <summary>Kubernetes' verbs as the actions of the event model.</summary>
/// <remarks>Source: kubernetes.io, «Authorization overview», request verbs; of non-resource requests the verb is the HTTP method in lower case.</remarks>
internal static class AuditVerb
{
    /// <summary>For an event without a verb that could be an action.</summary>
    public const string Unknown = "unknown";

    /// <param name="subresource">What is reached through it is an act of its own: a shell in a pod is no «read».</param>
    public static string ActionOf(string? verb, string? subresource) => (verb?.ToLowerInvariant(), subresource) switch
    {
        (_, "exec") => "exec",
        (_, "attach") => "attach",
        (_, "portforward") => "forward",
        (_, "proxy") => "proxy",
        ("create", "eviction") => "evict",
        ("create", "binding") => "bind",
        ("get" or "list" or "watch" or "head" or "options", _) => "read",
        ("create" or "post", _) => "create",
        ("update" or "patch" or "put", _) => "update",
        ("delete" or "deletecollection", _) => "delete",
        ({ } other, _) when IsWord(other) => other,
        _ => Unknown,
    };

    private static bool IsWord(string verb) => verb.Length is > 0 and <= 128 && char.IsAsciiLetterLower(verb[0])
        && verb.All(unit => char.IsAsciiLetterLower(unit) || char.IsAsciiDigit(unit) || unit is '_' or '.' or ':' or '/' or '-');
}
