using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Http.PlugIns;

namespace Domesday.Dialects.RunAi;

/// <summary>From a record of either route of Run:ai's to an event that shows as the same record there.</summary>
internal static class RunAiImport
{
    public static Result<AuditEvent> Read(JsonElement record)
    {
        var members = new RecordMembers(record);
        var imported = members.Has("happenedAt") ? Old(members) : New(members);
        return imported.IsOk && members.HasMore ? imported.Value with { Raw = record.Clone() } : imported;
    }

    private static Result<AuditEvent> Old(RecordMembers members)
    {
        if (members.Time("happenedAt") is not { } time || members.Written("id") is not { } id || members.Text("action") is not { } action)
            return new Problem(ProblemKind.Invalid, "It is no record of Run:ai: happenedAt, id or action is missing.");
        var tenant = members.Written("tenantId") ?? "1";
        var labels = new Dictionary<string, string> { [RunAiHistoryRecord.IdLabel] = id, [RunAiHistoryRecord.TenantLabel] = tenant };
        if (members.Text("error") is { } error) labels[RunAiHistoryRecord.ErrorLabel] = error;
        var (cluster, body, context) = (members.Text("clusterUuid"), members.Value("body"), members.Within("context"));
        members.Text("version");
        return new AuditEvent
        {
            Id = $"runai-{tenant}-{id}",
            Time = time,
            Action = action.ToLowerInvariant(),
            Actor = new() { Type = TypeOf(members.Text("sourceType")), Id = members.Text("sourceId"), Name = members.Text("sourceName") },
            Resource = ResourceOf(members.Text("entityType"), members.Text("entityId"), members.Text("entityName")),
            Outcome = members.Text("error") is { } failed ? Failure(failed) : new() { Result = OutcomeResult.Success },
            Scope = cluster is null ? null : new() { Cluster = new() { Id = cluster } },
            Source = SourceOf(context.Address("ip_address"), context.Text("user_agent")),
            Request = body is null ? null : new() { Body = body },
            Labels = labels,
        };
    }

    private static Result<AuditEvent> New(RecordMembers members)
    {
        if (members.Time("timestamp") is not { } time || members.Text("id") is not { } id || members.Text("action") is not { } action)
            return new Problem(ProblemKind.Invalid, "It is no record of Run:ai: timestamp, id or action is missing.");
        var labels = members.Pairs("metadata").ToDictionary(pair => pair.Key, pair => pair.Value);
        if (members.Written("tenant_id") is { } tenant) labels[RunAiHistoryRecord.TenantLabel] = tenant;
        var subject = members.Text("subject");
        return new AuditEvent
        {
            Id = id,
            Time = time,
            Action = action switch { "sign-in" => "login", "sign-out" => "logout", _ => action },
            Actor = new() { Type = TypeOf(members.Text("subject_type")), Name = subject == "unknown" ? null : subject },
            Resource = ResourceOf(members.Text("entity_type"), members.Text("entity_id"), members.Text("entity_name")),
            Outcome = new() { Result = members.Text("result") == "Failed" ? OutcomeResult.Failure : OutcomeResult.Success, Status = members.Number("http_status_code") },
            Scope = ScopeOf(members.Text("cluster_id"), members.Text("cluster_name")),
            Source = SourceOf(members.Address("source_ip"), null),
            Request = RequestOf(members.Text("request_id"), members.Text("http_method"), members.Text("url")),
            Labels = labels.Count > 0 ? labels : null,
        };
    }

    private static ActorType TypeOf(string? word) => word is "Application" or "App" ? ActorType.Application : ActorType.User;

    private static Resource? ResourceOf(string? type, string? id, string? name) => type is null && id is null && name is null ? null : new() { Type = type, Id = id, Name = name };

    private static EventSource? SourceOf(string? address, string? agent) => address is null && agent is null ? null : new() { Ip = address, UserAgent = agent };

    private static EventScope? ScopeOf(string? clusterId, string? clusterName) => clusterId is null && clusterName is null ? null : new() { Cluster = new() { Id = clusterId, Name = clusterName } };

    private static EventRequest? RequestOf(string? id, string? method, string? url) => id is null && method is null && url is null ? null : new() { Id = id, Method = method, Uri = url };

    /// <summary>What the text says, which is JSON as a rule, so that it can be searched too.</summary>
    private static Outcome Failure(string error)
    {
        try
        {
            using var document = JsonDocument.Parse(error);
            var members = new RecordMembers(document.RootElement);
            return new() { Result = OutcomeResult.Failure, Status = members.Number("status"), Reason = members.Text("description") };
        }
        catch (JsonException)
        {
            return new() { Result = OutcomeResult.Failure, Reason = error };
        }
    }
}
