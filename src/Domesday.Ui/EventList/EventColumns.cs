using Domesday.Events.Schema;

namespace Domesday.Ui.EventList;

/// <summary>Every column that the table can have: all fields of the vendors' own tables, and the rest of the event.</summary>
public static class EventColumns
{
    public static IReadOnlyList<EventColumn> All { get; } =
    [
        new("time", "Time", EventField.Time, 188),
        new("actor_name", "Actor", EventField.ActorName, 140, EventField.ActorId),
        new("action", "Action", EventField.Action, 90),
        new("resource_type", "Resource type", EventField.ResourceType, 125),
        new("resource_name", "Resource", EventField.ResourceName, 160, EventField.ResourceId),
        new("result", "Result", EventField.OutcomeResult, 90),
        new("service", "Service", EventField.Service, 110),
        new("project", "Project", EventField.ScopeProjectName, 110, EventField.ScopeProjectId),
        new("source_ip", "Source address", EventField.SourceIp, 130),
        new("sequence", "Sequence", EventField.Sequence, 100),
        new("operation", "Operation", EventField.Operation, 160),
        new("actor_type", "Actor type", EventField.ActorType, 100),
        new("actor_id", "Actor id", EventField.ActorId, 150),
        new("actor_roles", "Roles", EventField.ActorRoles, 130),
        new("actor_groups", "Groups", EventField.ActorGroups, 130),
        new("credential", "Credential", EventField.ActorCredential, 150),
        new("resource_id", "Resource id", EventField.ResourceId, 190),
        new("resource_sub_type", "Sub type", EventField.ResourceSubType, 110),
        new("resource_namespace", "Namespace", EventField.ResourceNamespace, 120),
        new("status", "Status", EventField.OutcomeStatus, 80),
        new("outcome_reason", "Outcome reason", EventField.OutcomeReason, 220),
        new("region", "Region", EventField.ScopeRegion, 110),
        new("domain", "Domain", EventField.ScopeDomain, 110),
        new("project_id", "Project id", EventField.ScopeProjectId, 150),
        new("cluster", "Cluster", EventField.ScopeClusterName, 120, EventField.ScopeClusterId),
        new("cluster_id", "Cluster id", EventField.ScopeClusterId, 150),
        new("origin", "Origin", EventField.Origin, 90),
        new("user_agent", "User agent", EventField.SourceUserAgent, 220),
        new("source_port", "Source port", EventField.SourcePort, 100),
        new("forwarded_for", "Forwarded for", EventField.SourceForwardedFor, 150),
        new("request_id", "Request id", EventField.RequestId, 170),
        new("session", "Session", EventField.RequestSession, 150),
        new("method", "Method", EventField.RequestMethod, 80),
        new("uri", "URI", EventField.RequestUri, 240),
        new("ticket", "Ticket", EventField.ReasonTicket, 110),
        new("reason", "Reason", EventField.ReasonText, 200),
        new("approver", "Approver", EventField.ReasonApprover, 120),
        new("level", "Level", EventField.Level, 90),
        new("source_kind", "Source", EventField.SourceKind, 100),
        new("received_at", "Received", EventField.ReceivedAt, 188),
        new("refers_to", "Refers to", EventField.RefersTo, 100),
        new("labels", "Labels", EventField.Labels, 200),
        new("id", "Event id", EventField.Id, 260),
        new("tenant", "Tenant", EventField.Tenant, 110),
    ];

    /// <summary>Those that are shown until somebody chooses.</summary>
    public static IReadOnlyList<string> Default { get; } = ["time", "actor_name", "action", "resource_type", "resource_name", "result", "service", "project", "source_ip"];

    public static EventColumn? Named(string name) => All.FirstOrDefault(column => column.Name == name);
}
