using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Http.PlugIns;

namespace Domesday.Dialects.PlatformPcd;

/// <summary>From lines of an export of PCD's to events that show as the same lines.</summary>
/// <remarks>Lines have no identity: it is made of what they say, and of how many of the same came before in the request, so that equal lines are not taken for one.</remarks>
internal sealed class PlatformPcdImport
{
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);

    public Result<AuditEvent> Read(JsonElement record)
    {
        var members = new RecordMembers(record);
        if (members.Time("timestamp_utc") is not { } time || members.Text("action_name") is not { } action)
            return new Problem(ProblemKind.Invalid, "It is no record of PCD: timestamp_utc or action_name is missing.");
        var (user, name, roles) = (Known(members, "user_id"), Known(members, "username"), members.Texts("roles_list"));
        var (region, project, address) = (Known(members, "region"), Known(members, "project_id"), members.Address("source_ip"));
        var (result, component) = (members.Text("action_result"), Known(members, "component"));
        var metadata = members.Value("metadata");
        var imported = new AuditEvent
        {
            Id = IdOf(record),
            Time = time,
            Service = component,
            Action = action,
            Actor = user is null && name is null && roles is null ? null : new() { Type = name is null && user is null ? null : ActorType.User, Id = user, Name = name, Roles = roles },
            Resource = ResourceOf(members),
            Outcome = result switch { "success" => new() { Result = OutcomeResult.Success }, "failure" => new() { Result = OutcomeResult.Failure }, _ => null },
            Scope = region is null && project is null ? null : new() { Region = region, Project = project is null ? null : new() { Id = project } },
            Source = address is null ? null : new() { Ip = address },
            Request = Known(members, "request_id") is { } request ? new() { Id = request } : null,
            Labels = action == "login" ? new Dictionary<string, string> { [PlatformPcdRecord.ActionLabel] = action } : null,
        };
        var keepsRecord = members.HasMore || metadata is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0;
        return keepsRecord ? imported with { Raw = record.Clone() } : imported;
    }

    private static Resource? ResourceOf(RecordMembers members)
    {
        var resource = new Resource { Type = Known(members, "resource_type"), Id = Known(members, "resource_id"), Name = Known(members, "resource_name") };
        return resource == new Resource() ? null : resource;
    }

    private static string? Known(RecordMembers members, string name) => members.Text(name) is { } text and not (PlatformPcdRecord.Unknown or PlatformPcdRecord.NoId) ? text : null;

    private string IdOf(JsonElement record)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(record.GetRawText())));
        var earlier = _seen.GetValueOrDefault(digest);
        _seen[digest] = earlier + 1;
        return earlier == 0 ? $"pcd-{digest}" : $"pcd-{digest}-{earlier}";
    }
}
