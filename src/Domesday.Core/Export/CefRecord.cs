using System.Globalization;
using System.Text;
using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>The Common Event Format: one line of text.</summary>
/// <remarks>Source: ArcSight, «Implementing ArcSight Common Event Format», version 25: escapes in chapter 1, keys in chapter 2.</remarks>
internal static class CefRecord
{
    private const long MicrosecondsPerMillisecond = 1_000;

    /// <summary>CEF counts from 0 to 10; syslog's severities, from the gravest on.</summary>
    private static readonly int[] Severities = [10, 10, 9, 8, 6, 3, 3, 1];

    public static void Write(EntryFields entry, RecordJson json)
    {
        var line = new StringBuilder("CEF:0|Domesday|Domesday|1|");
        line.Append(Header(entry.Text(EventField.Operation) ?? entry.Text(EventField.Action) ?? "")).Append('|');
        line.Append(Header(EventSentence.Of(entry))).Append('|');
        line.Append(CultureInfo.InvariantCulture, $"{Severities[EventSeverity.Of(entry)]}|");
        line.Append(CultureInfo.InvariantCulture, $"rt={entry.Time.Microseconds / MicrosecondsPerMillisecond}");
        Add(line, "externalId", entry.Text(EventField.Id));
        Add(line, "act", entry.Text(EventField.Action));
        Add(line, "cat", entry.Text(EventField.ResourceType));
        Add(line, "suid", entry.Text(EventField.ActorId));
        Add(line, "suser", entry.Text(EventField.ActorName));
        Add(line, "src", Address(entry, isV6: false));
        Add(line, "c6a2", Address(entry, isV6: true), "Source IPv6 Address");
        Add(line, "spt", entry.Text(EventField.SourcePort));
        Add(line, "destinationServiceName", entry.Text(EventField.Service));
        Add(line, "outcome", entry.Text(EventField.OutcomeResult));
        Add(line, "reason", entry.Text(EventField.OutcomeReason) ?? entry.Text(EventField.OutcomeStatus));
        Add(line, "requestMethod", entry.Text(EventField.RequestMethod));
        Add(line, "request", entry.Text(EventField.RequestUri));
        Add(line, "requestClientApplication", entry.Text(EventField.SourceUserAgent));
        Add(line, "cs1", entry.Text(EventField.Tenant), "tenant");
        Add(line, "cs2", entry.Text(EventField.ResourceId), "resource_id");
        Add(line, "cs3", entry.Text(EventField.ResourceName), "resource_name");
        Add(line, "cs4", entry.Text(EventField.ScopeProjectName) ?? entry.Text(EventField.ScopeProjectId), "project");
        Add(line, "cs5", entry.Text(EventField.ScopeClusterName) ?? entry.Text(EventField.ScopeClusterId), "cluster");
        Add(line, "cs6", entry.Text(EventField.RequestId), "request_id");
        Add(line, "cn1", entry.Sequence.ToString(CultureInfo.InvariantCulture), "sequence");
        json.Raw(Encoding.UTF8.GetBytes(line.ToString()));
    }

    private static string? Address(EntryFields entry, bool isV6) => entry.Text(EventField.SourceIp) is { } address && address.Contains(':', StringComparison.Ordinal) == isV6 ? address : null;

    private static void Add(StringBuilder line, string key, string? value, string? label = null)
    {
        if (string.IsNullOrEmpty(value)) return;
        if (label is not null) line.Append(CultureInfo.InvariantCulture, $" {key}Label={label}");
        line.Append(CultureInfo.InvariantCulture, $" {key}=").Append(Extension(value));
    }

    private static string Header(string text) => OneLine(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal));

    private static string Extension(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("=", "\\=", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string OneLine(string text) => text.Replace('\r', ' ').Replace('\n', ' ');
}
