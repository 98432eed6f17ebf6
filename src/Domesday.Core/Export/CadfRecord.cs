using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>CADF: the activity events that OpenStack's services know.</summary>
/// <remarks>Source: DMTF DSP0262 1.0.0, Cloud Auditing Data Federation.</remarks>
internal static class CadfRecord
{
    public static void Write(EntryFields entry, RecordJson json)
    {
        json.OpenObject();
        json.Member("typeURI"u8, "http://schemas.dmtf.org/cloud/audit/1.0/event");
        json.Member("eventType"u8, "activity");
        json.Optional("id"u8, entry.Raw(EventField.Id));
        json.Member("eventTime"u8, entry.Raw(EventField.Time));
        json.Member("action"u8, entry.Raw(EventField.Action));
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

    private static void WriteReason(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.OutcomeStatus) && !entry.Has(EventField.OutcomeReason)) return;
        json.Name("reason"u8);
        json.OpenObject();
        json.Member("reasonType"u8, "HTTP");
        json.Optional("reasonCode"u8, entry.Raw(EventField.OutcomeStatus));
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
        json.Member("typeURI"u8, entry.Has(EventField.ResourceType) ? entry.Raw(EventField.ResourceType) : "unknown"u8);
        json.Optional("name"u8, entry.Raw(EventField.ResourceName));
        json.CloseObject();
    }
}
