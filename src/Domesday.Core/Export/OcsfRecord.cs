using Domesday.Events;
using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>OCSF: Authentication, Account Change, User Access Management, and API Activity for everything else.</summary>
/// <remarks>Source: Open Cybersecurity Schema Framework 1.4.0, schema.ocsf.io.</remarks>
internal static class OcsfRecord
{
    private const string Version = "1.4.0";
    private const long MicrosecondsPerMillisecond = 1_000;
    private const int OtherActivity = 99;

    public static void Write(EntryFields entry, RecordJson json)
    {
        var kind = ActionClasses.Of(entry);
        var (uid, name, category) = kind switch
        {
            ActionClass.Authentication => (3002, "Authentication", 3),
            ActionClass.Account => (3001, "Account Change", 3),
            ActionClass.Access => (3005, "User Access Management", 3),
            _ => (6003, "API Activity", 6),
        };
        var activity = Activity(kind, entry);
        json.OpenObject();
        Number(json, "activity_id"u8, activity);
        json.Optional("activity_name"u8, entry.Raw(EventField.Action));
        WriteActor(entry, json);
        WriteApi(entry, json);
        Number(json, "category_uid"u8, category);
        Number(json, "class_uid"u8, uid);
        json.Member("class_name"u8, name);
        WriteRequest(entry, json);
        json.Member("message"u8, EventSentence.Of(entry));
        WriteMetadata(entry, json);
        WriteResources(entry, json);
        Number(json, "severity_id"u8, entry.Is(EventField.OutcomeResult, "failure"u8) ? 3 : 1);
        WriteSource(entry, json);
        WriteStatus(entry, json);
        Number(json, "time"u8, entry.Time.Microseconds / MicrosecondsPerMillisecond);
        Number(json, "type_uid"u8, (uid * 100L) + activity);
        if (kind != ActionClass.Activity) WriteUser(entry, json, kind);
        WriteUnmapped(entry, json);
        json.CloseObject();
    }

    private static int Activity(ActionClass kind, EntryFields entry) => (kind, ActionClasses.Verb(entry)) switch
    {
        (ActionClass.Authentication, _) => ActionClasses.IsEnd(entry) ? 2 : 1,
        (ActionClass.Account, ActionVerb.Create) => entry.Is(EventField.Action, "enable"u8) ? 2 : 1,
        (ActionClass.Account, ActionVerb.Delete) => entry.Is(EventField.Action, "disable"u8) ? 5 : 6,
        (ActionClass.Access, ActionVerb.Create) => 1,
        (ActionClass.Access, ActionVerb.Delete) => 2,
        (ActionClass.Activity, ActionVerb.Create) => 1,
        (ActionClass.Activity, ActionVerb.Read) => 2,
        (ActionClass.Activity, ActionVerb.Update) => 3,
        (ActionClass.Activity, ActionVerb.Delete) => 4,
        _ => OtherActivity,
    };

    private static void WriteActor(EntryFields entry, RecordJson json)
    {
        json.Name("actor"u8);
        json.OpenObject();
        if (entry.Has(EventField.RequestSession))
        {
            json.Name("session"u8);
            json.OpenObject();
            json.Member("uid"u8, entry.Raw(EventField.RequestSession));
            json.CloseObject();
        }
        json.Name("user"u8);
        json.OpenObject();
        json.Optional("credential_uid"u8, entry.Raw(EventField.ActorCredential));
        json.Optional("domain"u8, entry.Raw(EventField.ScopeDomain));
        json.Optional("name"u8, entry.Raw(EventField.ActorName));
        json.Optional("type"u8, entry.Raw(EventField.ActorType));
        Number(json, "type_id"u8, entry.Text(EventField.ActorType) switch { "user" => 1, "system" => 3, null => 0, _ => OtherActivity });
        json.Optional("uid"u8, entry.Raw(EventField.ActorId));
        json.CloseObject();
        json.CloseObject();
    }

    private static void WriteApi(EntryFields entry, RecordJson json)
    {
        json.Name("api"u8);
        json.OpenObject();
        json.Member("operation"u8, entry.Raw(EventField.Operation, EventField.Action));
        Nested(json, "request"u8, "uid"u8, entry.Raw(EventField.RequestId));
        if (entry.Has(EventField.OutcomeStatus) || entry.Has(EventField.OutcomeReason))
        {
            json.Name("response"u8);
            json.OpenObject();
            RawNumber(json, "code"u8, entry, EventField.OutcomeStatus);
            json.Optional("message"u8, entry.Raw(EventField.OutcomeReason));
            json.CloseObject();
        }
        Nested(json, "service"u8, "name"u8, entry.Raw(EventField.Service));
        json.CloseObject();
        Nested(json, "cloud"u8, "region"u8, entry.Raw(EventField.ScopeRegion));
    }

    private static void WriteRequest(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.RequestMethod) && !entry.Has(EventField.RequestUri) && !entry.Has(EventField.SourceUserAgent)) return;
        json.Name("http_request"u8);
        json.OpenObject();
        json.Optional("http_method"u8, entry.Raw(EventField.RequestMethod));
        json.Optional("uid"u8, entry.Raw(EventField.RequestId));
        Nested(json, "url"u8, "url_string"u8, entry.Raw(EventField.RequestUri));
        json.Optional("user_agent"u8, entry.Raw(EventField.SourceUserAgent));
        json.CloseObject();
    }

    private static void WriteMetadata(EntryFields entry, RecordJson json)
    {
        json.Name("metadata"u8);
        json.OpenObject();
        json.Optional("log_name"u8, entry.Raw(EventField.Tenant));
        if (Timestamp.TryParse(entry.Raw(EventField.ReceivedAt), out var received, out _)) Number(json, "logged_time"u8, received.Microseconds / MicrosecondsPerMillisecond);
        json.Member("original_time"u8, entry.Raw(EventField.Time));
        json.Name("product"u8);
        json.OpenObject();
        json.Member("name"u8, "Domesday");
        json.Member("vendor_name"u8, "Domesday");
        json.CloseObject();
        Number(json, "sequence"u8, entry.Sequence);
        json.Optional("uid"u8, entry.Raw(EventField.Id));
        json.Member("version"u8, Version);
        json.CloseObject();
    }

    private static void WriteResources(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.ResourceType) && !entry.Has(EventField.ResourceId) && !entry.Has(EventField.ResourceName)) return;
        json.Name("resources"u8);
        json.OpenList();
        json.OpenObject();
        json.Optional("name"u8, entry.Raw(EventField.ResourceName));
        json.Optional("namespace"u8, entry.Raw(EventField.ResourceNamespace));
        json.Optional("type"u8, entry.Raw(EventField.ResourceType));
        json.Optional("uid"u8, entry.Raw(EventField.ResourceId));
        json.CloseObject();
        json.CloseList();
    }

    private static void WriteSource(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.SourceIp)) return;
        json.Name("src_endpoint"u8);
        json.OpenObject();
        json.Member("ip"u8, entry.Raw(EventField.SourceIp));
        RawNumber(json, "port"u8, entry, EventField.SourcePort);
        json.CloseObject();
    }

    private static void WriteStatus(EntryFields entry, RecordJson json)
    {
        json.Optional("status_code"u8, entry.Raw(EventField.OutcomeStatus));
        json.Optional("status_detail"u8, entry.Raw(EventField.OutcomeReason));
        Number(json, "status_id"u8, entry.Text(EventField.OutcomeResult) switch { "success" => 1, "failure" => 2, _ => 0 });
    }

    /// <summary>Whose account or rights it is about; of a signing in, who signs in.</summary>
    private static void WriteUser(EntryFields entry, RecordJson json, ActionClass kind)
    {
        var isActor = kind == ActionClass.Authentication;
        json.Name("user"u8);
        json.OpenObject();
        json.Optional("name"u8, entry.Raw(isActor ? EventField.ActorName : EventField.ResourceName));
        json.Optional("uid"u8, entry.Raw(isActor ? EventField.ActorId : EventField.ResourceId));
        json.CloseObject();
        if (kind != ActionClass.Access) return;
        json.Name("privileges"u8);
        json.OpenList();
        json.Text(entry.Raw(EventField.ResourceName, EventField.ResourceId));
        json.CloseList();
    }

    /// <summary>What OCSF has no place for.</summary>
    private static void WriteUnmapped(EntryFields entry, RecordJson json)
    {
        json.Name("unmapped"u8);
        json.OpenObject();
        json.Optional("cluster"u8, entry.Raw(EventField.ScopeClusterName, EventField.ScopeClusterId));
        if (entry.Has(EventField.Labels))
        {
            json.Name("labels"u8);
            json.Raw(entry.Raw(EventField.Labels));
        }
        json.Optional("origin"u8, entry.Raw(EventField.Origin));
        json.Optional("project_id"u8, entry.Raw(EventField.ScopeProjectId));
        json.Optional("project_name"u8, entry.Raw(EventField.ScopeProjectName));
        json.Optional("source_kind"u8, entry.Raw(EventField.SourceKind));
        json.Optional("ticket"u8, entry.Raw(EventField.ReasonTicket));
        json.CloseObject();
    }

    private static void Nested(RecordJson json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> member, ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty) return;
        json.Name(name);
        json.OpenObject();
        json.Member(member, content);
        json.CloseObject();
    }

    private static void RawNumber(RecordJson json, ReadOnlySpan<byte> name, EntryFields entry, EventField field)
    {
        if (!entry.Has(field)) return;
        json.Name(name);
        json.Raw(entry.Raw(field));
    }

    private static void Number(RecordJson json, ReadOnlySpan<byte> name, long number)
    {
        json.Name(name);
        json.Number(number);
    }
}
