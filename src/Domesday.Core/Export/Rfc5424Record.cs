using System.Globalization;
using System.Text;
using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>What stands before a syslog message.</summary>
/// <param name="Facility">0 to 23.</param>
/// <param name="Host">Printable ASCII without blanks, as is <paramref name="AppName"/>.</param>
public sealed record Rfc5424Header(int Facility, string Host, string AppName)
{
    /// <summary>«log audit».</summary>
    /// <remarks>Source: RFC 5424 §6.2.1.</remarks>
    public const int AuditFacility = 13;
}

/// <summary>A syslog message without framing: severity, time, action and the fields that people look for in the header, the event in another form behind it.</summary>
/// <remarks>Source: RFC 5424 §6. The enterprise number is the one for documentation, RFC 5612.</remarks>
/// <param name="message">Writes what stands behind the header.</param>
public sealed class Rfc5424Record(Rfc5424Header header, RecordWriter message)
{
    private const int SeveritiesOfFacility = 8;
    private const int MessageIdCharsMax = 32;

    private static readonly (string Name, EventField Field)[] Parameters =
    [
        ("tenant", EventField.Tenant), ("id", EventField.Id), ("service", EventField.Service), ("action", EventField.Action), ("actor_id", EventField.ActorId), ("actor", EventField.ActorName),
        ("resource_type", EventField.ResourceType), ("resource_id", EventField.ResourceId), ("resource", EventField.ResourceName), ("result", EventField.OutcomeResult), ("source_ip", EventField.SourceIp),
    ];

    public void Write(EntryFields entry, RecordJson json)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(json);
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"<{(header.Facility * SeveritiesOfFacility) + EventSeverity.Of(entry)}>1 {entry.Text(EventField.Time)} {header.Host} {header.AppName} - {MessageId(entry)} [domesday@32473 sequence=\"{entry.Sequence}\"");
        foreach (var (name, field) in Parameters)
        {
            if (entry.Text(field) is { } value) line.Append(CultureInfo.InvariantCulture, $" {name}=\"{Escaped(value)}\"");
        }
        line.Append("] ");
        var body = new RecordJson();
        message(entry, body);
        json.Raw([.. Encoding.UTF8.GetBytes(line.ToString()), .. body.Written]);
    }

    private static string MessageId(EntryFields entry)
    {
        var text = new string([.. (entry.Text(EventField.Action) ?? "-").Where(letter => letter is > ' ' and <= '~').Take(MessageIdCharsMax)]);
        return text.Length == 0 ? "-" : text;
    }

    /// <summary>§6.3.3: three characters are escaped. Control characters would break lines.</summary>
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (letter is '"' or '\\' or ']') escaped.Append('\\');
            escaped.Append(char.IsControl(letter) ? ' ' : letter);
        }
        return escaped.ToString();
    }
}
