using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.Webhook;

/// <summary>Posts events to an address.</summary>
internal sealed class WebhookSinkType : ISinkType
{
    public string Name => "webhook";

    public string Title => "Webhook, Slack, PagerDuty";

    public IReadOnlyList<SettingText> Settings { get; } =
    [
        new("template", "What is posted", "events: a JSON array; event: one a request; or as Slack, PagerDuty or Opsgenie want it."),
        new("url", "Address", "PagerDuty's and Opsgenie's own without it."),
        new("path", "Rest of the address", "For addresses that are secrets themselves, such as Slack's."),
        new("secret", "Secret for signing", "Each request is signed with it."),
        new("key", "Key", "PagerDuty's routing key, Opsgenie's API key."),
        new("authorization", "Authorization", "The header of that name, such as Bearer and a token."),
        new("headers", "Further headers", "name=value, with commas between them."),
        TlsTrust.Text,
    ];

    public bool TakesFiles => true;

    public IReadOnlyList<string> Secrets => ["secret", "key", "authorization", "headers", "path"];

    public IReadOnlyList<string> Destination => ["template", "url"];

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = WebhookOptions.Read(settings);
        return options.IsOk ? new WebhookSink(options.Value, context) : options.Problem;
    }
}
