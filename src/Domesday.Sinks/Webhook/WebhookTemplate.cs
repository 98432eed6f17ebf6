using System.Text;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Events.Schema;

namespace Domesday.Sinks.Webhook;

/// <summary>What a request's body looks like.</summary>
/// <param name="Write">Writes one event.</param>
/// <param name="Compose">Makes a body of events that were written.</param>
internal sealed record WebhookTemplate(RecordWriter Write, Func<IReadOnlyList<SinkEvent>, byte[]> Compose)
{
    /// <summary>PagerDuty's limit of a summary, in characters.</summary>
    private const int SummaryCharsMax = 1_024;

    /// <summary>Opsgenie's limit of a message, in characters.</summary>
    private const int MessageCharsMax = 130;

    private const int AliasCharsMax = 255;

    public static WebhookTemplate Of(WebhookOptions options, RecordWriter format) => options.Template switch
    {
        WebhookOptions.Event => new(format, One),
        WebhookOptions.Slack => new(Line, SlackMessage),
        WebhookOptions.PagerDuty => new((entry, json) => PagerDuty(entry, json, options.Key!, format), One),
        WebhookOptions.Opsgenie => new((entry, json) => Opsgenie(entry, json, format), One),
        _ => new(format, Array),
    };

    private static byte[] One(IReadOnlyList<SinkEvent> events) => events[0].Payload.ToArray();

    private static byte[] Array(IReadOnlyList<SinkEvent> events) => Joined("[", events, ",", "]");

    /// <summary>The lines are contents of JSON strings already.</summary>
    private static byte[] SlackMessage(IReadOnlyList<SinkEvent> events) => Joined("{\"text\":\"", events, "\\n", "\"}");

    private static byte[] Joined(string first, IReadOnlyList<SinkEvent> events, string between, string last)
    {
        using var body = new MemoryStream();
        body.Write(Encoding.ASCII.GetBytes(first));
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0) body.Write(Encoding.ASCII.GetBytes(between));
            body.Write(events[i].Payload.Span);
        }
        body.Write(Encoding.ASCII.GetBytes(last));
        return body.ToArray();
    }

    /// <summary>Source: Slack, «Formatting text for app surfaces»: three characters are escaped.</summary>
    private static void Line(EntryFields entry, RecordJson json)
    {
        var text = EventSentence.Of(entry).Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
        json.Raw(Domesday.Events.Json.CanonicalText.Escape(text));
    }

    /// <summary>Source: PagerDuty, «Events API v2».</summary>
    private static void PagerDuty(EntryFields entry, RecordJson json, string key, RecordWriter format)
    {
        json.OpenObject();
        json.Member("routing_key"u8, key);
        json.Member("event_action"u8, "trigger");
        json.Member("dedup_key"u8, Cut(entry.Text(EventField.Id) ?? "", AliasCharsMax));
        json.Name("payload"u8);
        json.OpenObject();
        json.Member("summary"u8, Cut(EventSentence.Of(entry), SummaryCharsMax));
        json.Member("source"u8, entry.Text(EventField.Service) ?? entry.Text(EventField.Tenant) ?? "domesday");
        json.Member("severity"u8, Severity(entry));
        json.Member("timestamp"u8, entry.Raw(EventField.Time));
        json.Optional("component"u8, entry.Raw(EventField.ResourceType));
        json.Optional("class"u8, entry.Raw(EventField.Action));
        json.Name("custom_details"u8);
        format(entry, json);
        json.CloseObject();
        json.CloseObject();
    }

    /// <summary>Source: Opsgenie, «Alert API», Create Alert.</summary>
    private static void Opsgenie(EntryFields entry, RecordJson json, RecordWriter format)
    {
        var sentence = EventSentence.Of(entry);
        json.OpenObject();
        json.Member("message"u8, Cut(sentence, MessageCharsMax));
        json.Member("alias"u8, Cut(entry.Text(EventField.Id) ?? "", AliasCharsMax));
        json.Member("description"u8, sentence);
        json.Member("source"u8, "domesday");
        json.Optional("entity"u8, entry.Raw(EventField.ResourceName, EventField.ResourceId));
        json.Member("priority"u8, Severity(entry) switch { "critical" => "P1", "error" => "P2", "warning" => "P3", _ => "P5" });
        json.Name("details"u8);
        json.OpenObject();
        var details = new RecordJson();
        format(entry, details);
        json.Member("event"u8, Encoding.UTF8.GetString(details.Written));
        json.CloseObject();
        json.CloseObject();
    }

    /// <summary>An alert says how grave it is; else a failure warns.</summary>
    private static string Severity(EntryFields entry) =>
        entry.Label("severity") is { } said and ("critical" or "error" or "warning" or "info") ? said : entry.Is(EventField.OutcomeResult, "failure"u8) ? "warning" : "info";

    private static string Cut(string text, int charsMax) => text.Length <= charsMax ? text : text[..charsMax];
}
