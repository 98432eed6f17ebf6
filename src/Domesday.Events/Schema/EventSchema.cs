using System.Collections.Frozen;
using System.Text;

namespace Domesday.Events.Schema;

/// <summary>The event model as data: the one list of fields from which parsing, canonical bytes, storage columns and docs are made.</summary>
public static class EventSchema
{
    /// <summary>Labels with this prefix are the service's own.</summary>
    public const string ReservedLabelPrefix = "domesday.";

    /// <summary>All fields, in canonical order; the index is the <see cref="EventField"/>.</summary>
    public static IReadOnlyList<FieldDefinition> Fields { get; } =
    [
        new(EventField.Action, "action", FieldKind.Word) { BytesMax = 128 },
        new(EventField.ActorCredential, "actor.credential", FieldKind.Text),
        new(EventField.ActorGroups, "actor.groups", FieldKind.TextList),
        new(EventField.ActorId, "actor.id", FieldKind.Text),
        new(EventField.ActorName, "actor.name", FieldKind.Text),
        new(EventField.ActorOnBehalfOf, "actor.on_behalf_of", FieldKind.Actor),
        new(EventField.ActorRoles, "actor.roles", FieldKind.TextList),
        new(EventField.ActorType, "actor.type", FieldKind.OneOf) { Values = ["user", "application", "system", "service", "agent"] },
        new(EventField.Attachments, "attachments", FieldKind.Json) { SetByService = true },
        new(EventField.ChangeAfter, "change.after", FieldKind.Json),
        new(EventField.ChangeBefore, "change.before", FieldKind.Json),
        new(EventField.Id, "id", FieldKind.Text) { BytesMax = EventLimits.IdBytesMax },
        new(EventField.Labels, "labels", FieldKind.TextMap),
        new(EventField.Level, "level", FieldKind.OneOf) { Values = ["metadata", "request"] },
        new(EventField.Operation, "operation", FieldKind.Text),
        new(EventField.Origin, "origin", FieldKind.Text),
        new(EventField.OutcomeReason, "outcome.reason", FieldKind.Text),
        new(EventField.OutcomeResult, "outcome.result", FieldKind.OneOf) { Values = ["success", "failure", "unknown"] },
        new(EventField.OutcomeStatus, "outcome.status", FieldKind.Integer) { Min = int.MinValue, Max = int.MaxValue },
        new(EventField.Raw, "raw", FieldKind.Json),
        new(EventField.ReasonApprover, "reason.approver", FieldKind.Text),
        new(EventField.ReasonText, "reason.text", FieldKind.Text),
        new(EventField.ReasonTicket, "reason.ticket", FieldKind.Text),
        new(EventField.ReceivedAt, "received_at", FieldKind.Time) { SetByService = true },
        new(EventField.RefersTo, "refers_to", FieldKind.Integer) { Min = 0, Max = (1L << 53) - 1 },
        new(EventField.RequestBody, "request.body", FieldKind.Json),
        new(EventField.RequestId, "request.id", FieldKind.Text),
        new(EventField.RequestMethod, "request.method", FieldKind.Text),
        new(EventField.RequestSession, "request.session", FieldKind.Text),
        new(EventField.RequestUri, "request.uri", FieldKind.Text),
        new(EventField.ResourceId, "resource.id", FieldKind.Text),
        new(EventField.ResourceName, "resource.name", FieldKind.Text),
        new(EventField.ResourceNamespace, "resource.namespace", FieldKind.Text),
        new(EventField.ResourceSubType, "resource.sub_type", FieldKind.Text),
        new(EventField.ResourceType, "resource.type", FieldKind.Text),
        new(EventField.ResponseBody, "response.body", FieldKind.Json),
        new(EventField.Salt, "salt", FieldKind.Text) { SetByService = true },
        new(EventField.ScopeClusterId, "scope.cluster.id", FieldKind.Text),
        new(EventField.ScopeClusterName, "scope.cluster.name", FieldKind.Text),
        new(EventField.ScopeDomain, "scope.domain", FieldKind.Text),
        new(EventField.ScopeProjectId, "scope.project.id", FieldKind.Text),
        new(EventField.ScopeProjectName, "scope.project.name", FieldKind.Text),
        new(EventField.ScopeRegion, "scope.region", FieldKind.Text),
        new(EventField.Sequence, "sequence", FieldKind.Integer) { SetByService = true },
        new(EventField.Service, "service", FieldKind.Text),
        new(EventField.SourceForwardedFor, "source.forwarded_for", FieldKind.TextList),
        new(EventField.SourceIp, "source.ip", FieldKind.Address) { BytesMax = 64 },
        new(EventField.SourcePort, "source.port", FieldKind.Integer) { Min = 0, Max = 65_535 },
        new(EventField.SourceUserAgent, "source.user_agent", FieldKind.Text),
        new(EventField.SourceKind, "source_kind", FieldKind.Text) { SetByService = true },
        new(EventField.Tenant, "tenant", FieldKind.Text) { SetByService = true },
        new(EventField.Time, "time", FieldKind.Time),
    ];

    public static int Count => Fields.Count;

    /// <summary>The fields of an actor within an actor: paths below <c>actor.</c>.</summary>
    internal static FrozenDictionary<string, FieldDefinition> ActorMembers { get; } =
        Fields.Where(field => field.Path.StartsWith("actor.", StringComparison.Ordinal))
            .ToFrozenDictionary(field => field.Path["actor.".Length..]);

    internal static SchemaNode Root { get; } = SchemaNode.Build(Fields);

    /// <summary>The node of each field, in canonical order.</summary>
    internal static SchemaNode[] Nodes { get; } = [.. Fields.Select(field => field.Path.Split('.').Aggregate(Root,
        (node, name) => node.Children[node.IndexOf(Encoding.ASCII.GetBytes(name))]))];

    public static FieldDefinition Of(EventField field) => Fields[(int)field];

    /// <summary>Finds a field by its path, such as <c>actor.name</c>.</summary>
    public static bool TryFind(string path, out EventField field)
    {
        foreach (var definition in Fields)
        {
            if (definition.Path != path) continue;
            field = definition.Field;
            return true;
        }
        field = default;
        return false;
    }
}
