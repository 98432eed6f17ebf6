using System.Globalization;
using System.Text;
using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>CloudEvents in its JSON form: the whole entry as data.</summary>
/// <remarks>Source: CloudEvents 1.0.2, «JSON Event Format», and its extension «Sequence».</remarks>
internal static class CloudEventRecord
{
    public static void Write(EntryFields entry, RecordJson json)
    {
        json.OpenObject();
        json.Member("specversion"u8, "1.0");
        json.Member("id"u8, entry.Raw(EventField.Id));
        json.Member("source"u8, $"/tenants/{Uri.EscapeDataString(entry.Text(EventField.Tenant) ?? "")}");
        json.Member("type"u8, $"domesday.audit.{entry.Text(EventField.Action)}");
        if (entry.Text(EventField.ResourceType) is { } type) json.Member("subject"u8, $"{type}/{entry.Text(EventField.ResourceId) ?? entry.Text(EventField.ResourceName)}");
        json.Member("time"u8, entry.Raw(EventField.Time));
        json.Member("sequence"u8, Encoding.ASCII.GetBytes(entry.Sequence.ToString(CultureInfo.InvariantCulture)));
        json.Member("datacontenttype"u8, "application/json");
        json.Name("data"u8);
        json.Raw(entry.Whole);
        json.CloseObject();
    }
}
