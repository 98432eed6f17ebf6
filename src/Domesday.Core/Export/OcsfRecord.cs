using Domesday.Events;
using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>OCSF: Authentication, Account Change, User Access Management, and API Activity for everything else.</summary>
/// <remarks>
/// Source: Open Cybersecurity Schema Framework 1.4.0, schema.ocsf.io. What a class must have and the event has not is «unknown»; what a class has no attribute for stands under <c>unmapped</c>.
/// Classes of the category for identities have an actor through the profile «host» alone, which is why they name it.
/// </remarks>
internal static class OcsfRecord
{
    private const string Version = "1.4.0";
    private const string Unknown = "unknown";
    private const long MicrosecondsPerMillisecond = 1_000;
    private const int Other = 99;

    /// <summary>Those that the schema names.</summary>
    private static readonly string[] Methods = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];

    public static void Write(EntryFields entry, RecordJson json)
    {
        var kind = ActionClasses.Of(entry);
        var (uid, name) = kind switch
        {
            ActionClass.Authentication => (3002, "Authentication"),
            ActionClass.Account => (3001, "Account Change"),
            ActionClass.Access => (3005, "User Access Management"),
            _ => (6003, "API Activity"),
        };
        var isApi = kind == ActionClass.Activity;
        var (activity, caption) = Activity(kind, entry);
        json.OpenObject();
        Number(json, "activity_id"u8, activity);
        json.Member("activity_name"u8, caption ?? entry.Text(EventField.Action) ?? "Other");
        WriteActor(entry, json);
        if (isApi) WriteApi(entry, json);
        Number(json, "category_uid"u8, isApi ? 6 : 3);
        json.Member("category_name"u8, isApi ? "Application Activity" : "Identity & Access Management");
        Number(json, "class_uid"u8, uid);
        json.Member("class_name"u8, name);
        WriteRequest(entry, json);
        json.Member("message"u8, EventSentence.Of(entry));
        WriteMetadata(entry, json, isApi);
        if (isApi) WriteResource(entry, json);
        Number(json, "severity_id"u8, entry.Is(EventField.OutcomeResult, "failure"u8) ? 3 : 1);
        WriteSource(entry, json, isApi);
        WriteStatus(entry, json);
        Number(json, "time"u8, entry.Time.Microseconds / MicrosecondsPerMillisecond);
        Number(json, "type_uid"u8, (uid * 100L) + activity);
        if (kind == ActionClass.Authentication) WriteSignIn(entry, json);
        else if (!isApi) WriteSubject(entry, json, kind);
        WriteUnmapped(entry, json, kind);
        json.CloseObject();
    }

    /// <returns>The caption is null for what the class has no activity for.</returns>
    private static (int Id, string? Caption) Activity(ActionClass kind, EntryFields entry) => (kind, ActionClasses.Verb(entry)) switch
    {
        (ActionClass.Authentication, _) => ActionClasses.IsEnd(entry) ? (2, "Logoff") : (1, "Logon"),
        (ActionClass.Account, ActionVerb.Create) => entry.Is(EventField.Action, "enable"u8) ? (2, "Enable") : (1, "Create"),
        (ActionClass.Account, ActionVerb.Delete) => entry.Is(EventField.Action, "disable"u8) ? (5, "Disable") : (6, "Delete"),
        (ActionClass.Access, ActionVerb.Create) => (1, "Assign Privileges"),
        (ActionClass.Access, ActionVerb.Delete) => (2, "Revoke Privileges"),
        (ActionClass.Activity, ActionVerb.Create) => (1, "Create"),
        (ActionClass.Activity, ActionVerb.Read) => (2, "Read"),
        (ActionClass.Activity, ActionVerb.Update) => (3, "Update"),
        (ActionClass.Activity, ActionVerb.Delete) => (4, "Delete"),
        _ => (Other, null),
    };

    private static void WriteActor(EntryFields entry, RecordJson json)
    {
        json.Name("actor"u8);
        json.OpenObject();
        Nested(json, "session"u8, "uid"u8, entry.Raw(EventField.RequestSession));
        json.Name("user"u8);
        WriteUser(entry, json);
        json.CloseObject();
    }

    private static void WriteUser(EntryFields entry, RecordJson json)
    {
        json.OpenObject();
        json.Optional("credential_uid"u8, entry.Raw(EventField.ActorCredential));
        json.Optional("domain"u8, entry.Raw(EventField.ScopeDomain));
        if (entry.Has(EventField.ActorName) || !entry.Has(EventField.ActorId)) json.Member("name"u8, entry.Text(EventField.ActorName) ?? Unknown);
        var (id, type) = entry.Text(EventField.ActorType) switch { "user" => (1, "User"), "system" => (3, "System"), null => (0, null), var other => (Other, other) };
        json.Optional("type"u8, type);
        Number(json, "type_id"u8, id);
        json.Optional("uid"u8, entry.Raw(EventField.ActorId));
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
    }

    private static void WriteRequest(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.RequestMethod) && !entry.Has(EventField.RequestUri) && !entry.Has(EventField.SourceUserAgent)) return;
        json.Name("http_request"u8);
        json.OpenObject();
        if (HasKnownMethod(entry)) json.Member("http_method"u8, entry.Raw(EventField.RequestMethod));
        json.Optional("uid"u8, entry.Raw(EventField.RequestId));
        Nested(json, "url"u8, "url_string"u8, entry.Raw(EventField.RequestUri));
        json.Optional("user_agent"u8, entry.Raw(EventField.SourceUserAgent));
        json.CloseObject();
    }

    private static bool HasKnownMethod(EntryFields entry) => entry.Text(EventField.RequestMethod) is { } method && Methods.Contains(method);

    private static void WriteMetadata(EntryFields entry, RecordJson json, bool isApi)
    {
        json.Name("metadata"u8);
        json.OpenObject();
        json.Member("event_code"u8, entry.Raw(EventField.Operation, EventField.Action));
        json.Optional("log_name"u8, entry.Raw(EventField.Tenant));
        json.Optional("log_provider"u8, entry.Raw(EventField.Service));
        if (Timestamp.TryParse(entry.Raw(EventField.ReceivedAt), out var received, out _)) Number(json, "logged_time"u8, received.Microseconds / MicrosecondsPerMillisecond);
        json.Member("original_time"u8, entry.Raw(EventField.Time));
        json.Name("product"u8);
        json.OpenObject();
        json.Member("name"u8, "Domesday");
        json.Member("vendor_name"u8, "Domesday");
        json.CloseObject();
        if (!isApi)
        {
            json.Name("profiles"u8);
            json.Raw("[\"host\"]"u8);
        }
        Number(json, "sequence"u8, entry.Sequence);
        json.Optional("uid"u8, entry.Raw(EventField.Id));
        json.Member("version"u8, Version);
        json.CloseObject();
    }

    private static void WriteResource(EntryFields entry, RecordJson json)
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

    private static void WriteSource(EntryFields entry, RecordJson json, bool isRequired)
    {
        if (!entry.Has(EventField.SourceIp) && !isRequired) return;
        json.Name("src_endpoint"u8);
        json.OpenObject();
        if (entry.Has(EventField.SourceIp)) json.Member("ip"u8, entry.Raw(EventField.SourceIp));
        else json.Member("name"u8, Unknown);
        RawNumber(json, "port"u8, entry, EventField.SourcePort);
        json.CloseObject();
    }

    private static void WriteStatus(EntryFields entry, RecordJson json)
    {
        json.Optional("status_code"u8, entry.Raw(EventField.OutcomeStatus));
        json.Optional("status_detail"u8, entry.Raw(EventField.OutcomeReason));
        Number(json, "status_id"u8, entry.Text(EventField.OutcomeResult) switch { "success" => 1, "failure" => 2, _ => 0 });
    }

    /// <summary>Who signs in, and to what.</summary>
    private static void WriteSignIn(EntryFields entry, RecordJson json)
    {
        json.Name("service"u8);
        json.OpenObject();
        json.Member("name"u8, entry.Text(EventField.Service) ?? Unknown);
        json.CloseObject();
        json.Name("user"u8);
        WriteUser(entry, json);
    }

    /// <summary>Whose account or rights it is about.</summary>
    private static void WriteSubject(EntryFields entry, RecordJson json, ActionClass kind)
    {
        var name = entry.Text(EventField.ResourceName) ?? entry.Text(EventField.ResourceId) ?? Unknown;
        json.Name("user"u8);
        json.OpenObject();
        if (entry.Has(EventField.ResourceName) || !entry.Has(EventField.ResourceId)) json.Member("name"u8, name);
        var isUser = entry.Is(EventField.ResourceType, "user"u8);
        json.Member("type"u8, isUser ? "User" : entry.Text(EventField.ResourceType) ?? Unknown);
        Number(json, "type_id"u8, isUser ? 1 : Other);
        json.Optional("uid"u8, entry.Raw(EventField.ResourceId));
        json.CloseObject();
        if (kind != ActionClass.Access) return;
        json.Name("privileges"u8);
        json.OpenList();
        json.Text(name);
        json.CloseList();
    }

    /// <summary>What OCSF has no place for.</summary>
    private static void WriteUnmapped(EntryFields entry, RecordJson json, ActionClass kind)
    {
        json.Name("unmapped"u8);
        json.OpenObject();
        json.Optional("action"u8, entry.Raw(EventField.Action));
        json.Optional("cluster"u8, entry.Raw(EventField.ScopeClusterName, EventField.ScopeClusterId));
        if (entry.Has(EventField.Labels))
        {
            json.Name("labels"u8);
            json.Raw(entry.Raw(EventField.Labels));
        }
        json.Optional("origin"u8, entry.Raw(EventField.Origin));
        json.Optional("project_id"u8, entry.Raw(EventField.ScopeProjectId));
        json.Optional("project_name"u8, entry.Raw(EventField.ScopeProjectName));
        json.Optional("region"u8, entry.Raw(EventField.ScopeRegion));
        if (!HasKnownMethod(entry)) json.Optional("request_method"u8, entry.Raw(EventField.RequestMethod));
        if (kind == ActionClass.Authentication)
        {
            json.Optional("resource_id"u8, entry.Raw(EventField.ResourceId));
            json.Optional("resource_name"u8, entry.Raw(EventField.ResourceName));
            json.Optional("resource_type"u8, entry.Raw(EventField.ResourceType));
        }
        if (kind != ActionClass.Activity) json.Optional("resource_namespace"u8, entry.Raw(EventField.ResourceNamespace));
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
