using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Http.PlugIns;

namespace Domesday.Dialects.UpCloud;

/// <summary>From a record of UpCloud's to an event that shows as the same record.</summary>
internal static class UpCloudImport
{
    public static Result<AuditEvent> Read(JsonElement record)
    {
        var members = new RecordMembers(record);
        if (members.Time("time") is not { } time || members.Text("cloud_event_id") is not { } id || members.Text("action") is not { } action)
            return new Problem(ProblemKind.Invalid, "It is no record of UpCloud: time, cloud_event_id or action is missing.");
        var (origin, user) = (members.Text("origin"), members.Text("account_username"));
        var (authType, correlation) = (members.Text("auth_type"), members.Text("upcloud_correlation_id"));
        var labels = new Dictionary<string, string>();
        if (authType is not null && authType != (origin == "gui" ? "gui" : "api")) labels[UpCloudRecord.AuthTypeLabel] = authType;
        var address = members.Address("ip_address");
        if (address is null && members.Text("ip_address") is { } masked) labels[UpCloudRecord.AddressLabel] = masked;
        var (after, before) = (members.Value("current_state"), members.Value("previous_state"));
        var imported = new AuditEvent
        {
            Id = id,
            Time = time,
            Action = action,
            Actor = user is null or "unknown" ? null : new() { Type = ActorType.User, Name = user },
            Resource = new() { Type = members.Text("resource_type"), SubType = members.Text("resource_sub_type"), Id = members.Text("resource_id") },
            Origin = origin,
            Source = address is null ? null : new() { Ip = address },
            Request = correlation is null || correlation == id ? null : new() { Id = correlation },
            Change = after is null && before is null ? null : new() { After = after, Before = before },
            Labels = labels.Count > 0 ? labels : null,
        };
        return members.HasMore ? imported with { Raw = record.Clone() } : imported;
    }
}
