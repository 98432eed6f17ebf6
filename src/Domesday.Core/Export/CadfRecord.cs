using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>CADF: the activity events that OpenStack's services know.</summary>
/// <remarks>Source: DMTF DSP0262 1.0.0, Cloud Auditing Data Federation; its taxonomies of actions and resources, which values may extend behind a slash, stand in the annexes.</remarks>
internal static class CadfRecord
{
    private const string Unknown = "unknown";

    private static readonly string[] Actions =
    [
        "allow", "authenticate", "backup", "capture", "configure", "create", "delete", "deny", "deploy", "disable", "enable", "evaluate", "monitor", "notify", "read", "receive", "renew", "restore", "revoke", "send", "start",
        "stop", "undeploy", Unknown, "update",
    ];

    private static readonly string[] Resources = ["compute", "data", "network", "service", "storage", Unknown];

    /// <summary>Resources that the taxonomy has a place for.</summary>
    private static readonly string[] OfSecurity = ["account", "credential", "domain", "endpoint", "group", "identity", "key", "license", "policy", "profile", "project", "region", "role", "service", "trust"];

    public static void Write(EntryFields entry, RecordJson json)
    {
        json.OpenObject();
        json.Member("typeURI"u8, "http://schemas.dmtf.org/cloud/audit/1.0/event");
        json.Member("eventType"u8, "activity");
        json.Optional("id"u8, entry.Raw(EventField.Id));
        json.Member("eventTime"u8, entry.Raw(EventField.Time));
        json.Member("action"u8, ActionOf(entry));
        json.Member("outcome"u8, entry.Has(EventField.OutcomeResult) ? entry.Raw(EventField.OutcomeResult) : "unknown"u8);
        WriteReason(entry, json);
        WriteInitiator(entry, json);
        WriteTarget(entry, json);
        json.Name("observer"u8);
        json.OpenObject();
        json.Member("id"u8, entry.Has(EventField.Service) ? entry.Raw(EventField.Service) : "domesday"u8);
        json.Member("typeURI"u8, "service/oss/monitoring");
        json.Member("name"u8, entry.Has(EventField.Service) ? entry.Raw(EventField.Service) : "domesday"u8);
        json.CloseObject();
        json.Optional("requestPath"u8, entry.Raw(EventField.RequestUri));
        json.Name("attachments"u8);
        json.OpenList();
        json.OpenObject();
        json.Member("name"u8, "domesday");
        json.Member("typeURI"u8, "application/json");
        json.Name("content"u8);
        json.Raw(entry.Whole);
        json.CloseObject();
        json.CloseList();
        json.CloseObject();
    }

    /// <summary>As it is when the taxonomy has it, else below what it comes to.</summary>
    private static string ActionOf(EntryFields entry)
    {
        var action = entry.Text(EventField.Action) ?? Unknown;
        if (IsIn(Actions, action)) return action;
        if (ActionClasses.Of(entry) == ActionClass.Authentication) return $"authenticate/{action}";
        return ActionClasses.Verb(entry) switch
        {
            ActionVerb.Create => $"create/{action}",
            ActionVerb.Read => $"read/{action}",
            ActionVerb.Update => $"update/{action}",
            ActionVerb.Delete => $"delete/{action}",
            _ => $"{Unknown}/{action}",
        };
    }

    private static string ResourceOf(EntryFields entry) => entry.Text(EventField.ResourceType) switch
    {
        null => Unknown,
        var type when IsIn(Resources, type) => type,
        "user" => "data/security/account/user",
        var type when OfSecurity.Contains(type) => $"data/security/{type}",
        var type => $"data/{type}",
    };

    private static bool IsIn(string[] taxonomy, string text) => Array.Exists(taxonomy, known => text == known || text.StartsWith(known + "/", StringComparison.Ordinal));

    /// <summary>A reason has a code, always: a status, or else what was said.</summary>
    private static void WriteReason(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.OutcomeStatus) && !entry.Has(EventField.OutcomeReason)) return;
        json.Name("reason"u8);
        json.OpenObject();
        json.Member("reasonType"u8, entry.Has(EventField.OutcomeStatus) ? "HTTP" : "text");
        json.Member("reasonCode"u8, entry.Raw(EventField.OutcomeStatus, EventField.OutcomeReason));
        json.CloseObject();
    }

    private static void WriteInitiator(EntryFields entry, RecordJson json)
    {
        json.Name("initiator"u8);
        json.OpenObject();
        json.Member("id"u8, entry.Has(EventField.ActorId) ? entry.Raw(EventField.ActorId) : entry.Has(EventField.ActorName) ? entry.Raw(EventField.ActorName) : "unknown"u8);
        json.Member("typeURI"u8, entry.Is(EventField.ActorType, "user"u8) ? "service/security/account/user" : "service/security/account");
        json.Optional("name"u8, entry.Raw(EventField.ActorName));
        json.Optional("project_id"u8, entry.Raw(EventField.ScopeProjectId));
        json.Optional("domain"u8, entry.Raw(EventField.ScopeDomain));
        if (entry.Has(EventField.SourceIp) || entry.Has(EventField.SourceUserAgent))
        {
            json.Name("host"u8);
            json.OpenObject();
            json.Optional("address"u8, entry.Raw(EventField.SourceIp));
            json.Optional("agent"u8, entry.Raw(EventField.SourceUserAgent));
            json.CloseObject();
        }
        json.CloseObject();
    }

    private static void WriteTarget(EntryFields entry, RecordJson json)
    {
        json.Name("target"u8);
        json.OpenObject();
        json.Member("id"u8, entry.Has(EventField.ResourceId) ? entry.Raw(EventField.ResourceId) : entry.Has(EventField.ResourceName) ? entry.Raw(EventField.ResourceName) : "unknown"u8);
        json.Member("typeURI"u8, ResourceOf(entry));
        json.Optional("name"u8, entry.Raw(EventField.ResourceName));
        json.CloseObject();
    }
}
