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
        json.Member("id"u8, Attribute(entry.Text(EventField.Id) ?? ""));
        json.Member("source"u8, $"/tenants/{Uri.EscapeDataString(entry.Text(EventField.Tenant) ?? "")}");
        json.Member("type"u8, $"domesday.audit.{entry.Text(EventField.Action)}");
        string?[] subject = [entry.Text(EventField.ResourceType), entry.Text(EventField.ResourceId) ?? entry.Text(EventField.ResourceName)];
        if (subject[0] is not null) json.Member("subject"u8, Attribute(string.Join('/', subject.Where(part => part is not null))));
        json.Member("time"u8, entry.Raw(EventField.Time));
        json.Member("sequence"u8, Encoding.ASCII.GetBytes(entry.Sequence.ToString(CultureInfo.InvariantCulture)));
        json.Member("datacontenttype"u8, "application/json");
        json.Name("data"u8);
        json.Raw(entry.Whole);
        json.CloseObject();
    }
    /// <summary>An attribute's text has no control characters and no code points that are none: they are written as in URIs.</summary>
    /// <remarks>Source: CloudEvents 1.0.2, «Type System», String.</remarks>
    private static string Attribute(string text)
    {
        if (!text.EnumerateRunes().Any(IsForbidden)) return text;
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) plain.Append(IsForbidden(rune) ? Uri.EscapeDataString(rune.ToString()) : rune.ToString());
        return plain.ToString();
    }

    private static bool IsForbidden(Rune rune) => Rune.IsControl(rune) || rune.Value is >= 0xFDD0 and <= 0xFDEF || (rune.Value & 0xFFFE) == 0xFFFE;
}
