using System.Text.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>The Elastic Common Schema; what it has no field for stands under <c>domesday</c>.</summary>
/// <remarks>Source: Elastic Common Schema 8.11, «ECS field reference».</remarks>
internal static class EcsRecord
{
    private const string Version = "8.11.0";

    public static void Write(EntryFields entry, RecordJson json)
    {
        json.OpenObject();
        json.Member("@timestamp"u8, entry.Raw(EventField.Time));
        WriteCloud(entry, json);
        WriteOwn(entry, json);
        json.Name("ecs"u8);
        json.OpenObject();
        json.Member("version"u8, Version);
        json.CloseObject();
        WriteEvent(entry, json);
        WriteHttp(entry, json);
        WriteLabels(entry, json);
        json.Member("message"u8, EventSentence.Of(entry));
        WriteCluster(entry, json);
        Nested(json, "organization"u8, "id"u8, entry.Raw(EventField.Tenant));
        WriteRelated(entry, json);
        Nested(json, "service"u8, "name"u8, entry.Raw(EventField.Service));
        WriteSource(entry, json);
        Nested(json, "url"u8, "original"u8, entry.Raw(EventField.RequestUri));
        WriteUser(entry, json);
        Nested(json, "user_agent"u8, "original"u8, entry.Raw(EventField.SourceUserAgent));
        json.CloseObject();
    }

    private static void WriteEvent(EntryFields entry, RecordJson json)
    {
        var kind = ActionClasses.Of(entry);
        json.Name("event"u8);
        json.OpenObject();
        json.Member("action"u8, entry.Raw(EventField.Operation, EventField.Action));
        Listed(json, "category"u8, kind switch { ActionClass.Authentication => "authentication", ActionClass.Activity => "configuration", _ => "iam" });
        json.Optional("created"u8, entry.Raw(EventField.ReceivedAt));
        json.Member("dataset"u8, "domesday.audit");
        json.Optional("id"u8, entry.Raw(EventField.Id));
        json.Member("kind"u8, "event");
        json.Optional("outcome"u8, entry.Raw(EventField.OutcomeResult));
        json.Member("provider"u8, "domesday");
        json.Optional("reason"u8, entry.Raw(EventField.OutcomeReason));
        json.Name("sequence"u8);
        json.Number(entry.Sequence);
        json.Name("type"u8);
        json.OpenList();
        if (kind is ActionClass.Account or ActionClass.Access) json.Text(kind == ActionClass.Account ? "user"u8 : "admin"u8);
        json.Text(Type(kind, entry));
        json.CloseList();
        json.CloseObject();
    }

    private static string Type(ActionClass kind, EntryFields entry) => (kind, ActionClasses.Verb(entry)) switch
    {
        (ActionClass.Authentication, _) => ActionClasses.IsEnd(entry) ? "end" : "start",
        (_, ActionVerb.Create) => "creation",
        (_, ActionVerb.Delete) => "deletion",
        (_, ActionVerb.Update) => "change",
        (_, ActionVerb.Read) => kind == ActionClass.Activity ? "access" : "info",
        _ => "info",
    };

    /// <summary>What ECS has no field for: the resource itself first of all.</summary>
    private static void WriteOwn(EntryFields entry, RecordJson json)
    {
        json.Name("domesday"u8);
        json.OpenObject();
        json.Optional("action"u8, entry.Raw(EventField.Action));
        json.Optional("actor_type"u8, entry.Raw(EventField.ActorType));
        json.Optional("origin"u8, entry.Raw(EventField.Origin));
        json.Name("resource"u8);
        json.OpenObject();
        json.Optional("id"u8, entry.Raw(EventField.ResourceId));
        json.Optional("name"u8, entry.Raw(EventField.ResourceName));
        json.Optional("namespace"u8, entry.Raw(EventField.ResourceNamespace));
        json.Optional("type"u8, entry.Raw(EventField.ResourceType));
        json.CloseObject();
        json.Optional("source_kind"u8, entry.Raw(EventField.SourceKind));
        json.Optional("ticket"u8, entry.Raw(EventField.ReasonTicket));
        json.CloseObject();
    }

    private static void WriteCloud(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.ScopeRegion) && !entry.Has(EventField.ScopeProjectId) && !entry.Has(EventField.ScopeProjectName)) return;
        json.Name("cloud"u8);
        json.OpenObject();
        if (entry.Has(EventField.ScopeProjectId) || entry.Has(EventField.ScopeProjectName))
        {
            json.Name("project"u8);
            json.OpenObject();
            json.Optional("id"u8, entry.Raw(EventField.ScopeProjectId));
            json.Optional("name"u8, entry.Raw(EventField.ScopeProjectName));
            json.CloseObject();
        }
        json.Optional("region"u8, entry.Raw(EventField.ScopeRegion));
        json.CloseObject();
    }

    private static void WriteCluster(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.ScopeClusterId) && !entry.Has(EventField.ScopeClusterName)) return;
        json.Name("orchestrator"u8);
        json.OpenObject();
        json.Name("cluster"u8);
        json.OpenObject();
        json.Optional("id"u8, entry.Raw(EventField.ScopeClusterId));
        json.Optional("name"u8, entry.Raw(EventField.ScopeClusterName));
        json.CloseObject();
        json.Optional("namespace"u8, entry.Raw(EventField.ResourceNamespace));
        json.CloseObject();
    }

    private static void WriteHttp(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.RequestMethod) && !entry.Has(EventField.RequestId) && !entry.Has(EventField.OutcomeStatus)) return;
        json.Name("http"u8);
        json.OpenObject();
        if (entry.Has(EventField.RequestMethod) || entry.Has(EventField.RequestId))
        {
            json.Name("request"u8);
            json.OpenObject();
            json.Optional("id"u8, entry.Raw(EventField.RequestId));
            json.Optional("method"u8, entry.Raw(EventField.RequestMethod));
            json.CloseObject();
        }
        if (entry.Has(EventField.OutcomeStatus))
        {
            json.Name("response"u8);
            json.OpenObject();
            json.Name("status_code"u8);
            json.Raw(entry.Raw(EventField.OutcomeStatus));
            json.CloseObject();
        }
        json.CloseObject();
    }

    /// <summary>Names without dots: ECS takes a dot for a level. Those that are the same without get an underscore more.</summary>
    private static void WriteLabels(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.Labels)) return;
        json.Name("labels"u8);
        json.OpenObject();
        using var labels = JsonDocument.Parse(entry.Raw(EventField.Labels).ToArray());
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var label in labels.RootElement.EnumerateObject())
        {
            var name = label.Name.Replace('.', '_');
            while (!names.Add(name)) name += "_";
            json.Name(Domesday.Events.Json.CanonicalText.Escape(name));
            json.Text(label.Value.GetString()!);
        }
        json.CloseObject();
    }

    private static void WriteRelated(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.SourceIp) && !entry.Has(EventField.ActorName)) return;
        json.Name("related"u8);
        json.OpenObject();
        if (entry.Has(EventField.SourceIp)) Listed(json, "ip"u8, entry.Text(EventField.SourceIp)!);
        if (entry.Text(EventField.ActorName) is { } name) Listed(json, "user"u8, name);
        json.CloseObject();
    }

    private static void WriteSource(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.SourceIp)) return;
        json.Name("source"u8);
        json.OpenObject();
        json.Member("ip"u8, entry.Raw(EventField.SourceIp));
        if (entry.Has(EventField.SourcePort))
        {
            json.Name("port"u8);
            json.Raw(entry.Raw(EventField.SourcePort));
        }
        json.CloseObject();
    }

    private static void WriteUser(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.ActorId) && !entry.Has(EventField.ActorName)) return;
        json.Name("user"u8);
        json.OpenObject();
        json.Optional("domain"u8, entry.Raw(EventField.ScopeDomain));
        json.Optional("id"u8, entry.Raw(EventField.ActorId));
        json.Optional("name"u8, entry.Raw(EventField.ActorName));
        if (entry.Has(EventField.ActorRoles))
        {
            json.Name("roles"u8);
            json.Raw(entry.Raw(EventField.ActorRoles));
        }
        json.CloseObject();
    }

    private static void Listed(RecordJson json, ReadOnlySpan<byte> name, string text)
    {
        json.Name(name);
        json.OpenList();
        json.Text(text);
        json.CloseList();
    }

    private static void Nested(RecordJson json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> member, ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty) return;
        json.Name(name);
        json.OpenObject();
        json.Member(member, content);
        json.CloseObject();
    }
}
