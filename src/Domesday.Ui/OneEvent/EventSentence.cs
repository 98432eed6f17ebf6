using System.Collections.Frozen;
using Domesday.Events;

namespace Domesday.Ui.OneEvent;

/// <summary>What happened, in one sentence.</summary>
public static class EventSentence
{
    private static readonly FrozenDictionary<string, string> Past = new (string Verb, string Past)[]
    {
        ("create", "created"), ("read", "read"), ("update", "changed"), ("delete", "deleted"), ("login", "signed in"), ("logout", "signed out"), ("attach", "attached"),
        ("detach", "detached"), ("start", "started"), ("stop", "stopped"), ("enable", "enabled"), ("disable", "disabled"), ("export", "exported"), ("import", "imported"),
        ("list", "listed"), ("approve", "approved"), ("reject", "rejected"), ("grant", "granted"), ("revoke", "revoked"), ("note", "wrote a note about"), ("restart", "restarted"),
        ("execute", "executed"), ("exec", "executed a command in"), ("add", "added"), ("remove", "removed"), ("restore", "restored"), ("verify", "verified"), ("replay", "replayed"),
    }.ToFrozenDictionary(pair => pair.Verb, pair => pair.Past, StringComparer.Ordinal);

    public static string Of(AuditEvent auditEvent)
    {
        ArgumentNullException.ThrowIfNull(auditEvent);
        var who = Who(auditEvent.Actor);
        var failed = auditEvent.Outcome?.Result == OutcomeResult.Failure;
        var what = failed ? $"tried “{auditEvent.Action}” on" : Past.GetValueOrDefault(auditEvent.Action, $"did “{auditEvent.Action}” to");
        if (auditEvent.Action is "login" or "logout" && !failed) return $"{who} {what}{Through(auditEvent)}{From(auditEvent)}.";
        var end = failed ? $", and failed{(Because(auditEvent.Outcome!) is { } reason ? $": {reason}" : "")}" : "";
        var how = auditEvent is { Service: "domesday", Operation: { } operation } ? $" ({operation})" : "";
        return $"{who} {what} {Which(auditEvent.Resource)}{In(auditEvent.Scope)}{Through(auditEvent)}{From(auditEvent)}{how}{end}.";
    }

    private static string Who(Actor? actor)
    {
        if (actor is null) return "Somebody";
        var name = actor.Name ?? actor.Id ?? "somebody";
        var said = actor.Type is null or ActorType.User ? name : $"The {actor.Type.ToString()!.ToLowerInvariant()} {name}";
        return actor.OnBehalfOf is { } other ? $"{said}, standing in for {other.Name ?? other.Id ?? "somebody"}," : said;
    }

    private static string Which(Resource? resource)
    {
        if (resource is null) return "something";
        var type = resource.Type?.Replace('_', ' ');
        return (type, resource.Name ?? resource.Id) switch
        {
            (null, null) => "something",
            ({ } kind, null) => $"a {kind}",
            (null, { } name) => name,
            ({ } kind, { } name) => $"the {kind} {name}",
        };
    }

    private static string In(EventScope? scope) => scope?.Project is { } project ? $" in project {project.Name ?? project.Id}" : "";

    private static string Through(AuditEvent auditEvent) => auditEvent.Service is { } service ? $" through {service}" : "";

    private static string From(AuditEvent auditEvent) => auditEvent.Source?.Ip is { } ip ? $" from {ip}" : "";

    private static string? Because(Outcome outcome) => (outcome.Status, outcome.Reason) switch
    {
        (null, null) => null,
        ({ } status, null) => $"status {status}",
        (null, { } reason) => reason,
        ({ } status, { } reason) => $"{reason} (status {status})",
    };
}
