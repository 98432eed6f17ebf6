using System.Net.Http.Headers;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.Webhook;

/// <summary>Where a webhook posts to, and how.</summary>
internal sealed record WebhookOptions(Uri Url, string Template)
{
    public const string Events = "events";
    public const string Event = "event";
    public const string Slack = "slack";
    public const string PagerDuty = "pagerduty";
    public const string Opsgenie = "opsgenie";

    private static readonly string[] Templates = [Events, Event, Slack, PagerDuty, Opsgenie];
    private static readonly string[] OwnHeaders = ["Content-Type", "Content-Length", "Host", "Authorization", "Transfer-Encoding"];

    /// <summary>Signs each request; null: none is signed.</summary>
    public string? Secret { get; private init; }

    /// <summary>The service's key, where its template needs one.</summary>
    public string? Key { get; private init; }

    public string? Authorization { get; private init; }

    public IReadOnlyDictionary<string, string> Headers { get; private init; } = new Dictionary<string, string>();

    public System.Net.Security.RemoteCertificateValidationCallback? Trust { get; private init; }

    public static Result<WebhookOptions> Read(SinkSettings settings)
    {
        var template = settings.Choice("template", Templates, Events);
        var url = settings.Url("url", required: template is not (PagerDuty or Opsgenie)) ?? new(template == Opsgenie ? "https://api.opsgenie.com/v2/alerts" : "https://events.pagerduty.com/v2/enqueue");
        if (settings.Text("path") is { } path)
        {
            if (Uri.TryCreate(url.AbsoluteUri.TrimEnd('/') + "/" + path.TrimStart('/'), UriKind.Absolute, out var whole) && whole.Authority == url.Authority) url = whole;
            else settings.Fault("path", "must continue the url");
        }
        var headers = settings.Pairs("headers");
        using (var check = new HttpRequestMessage())
        {
            foreach (var (name, value) in headers)
            {
                if (OwnHeaders.Contains(name, StringComparer.OrdinalIgnoreCase) || !check.Headers.TryAddWithoutValidation(name, value) || value.Any(char.IsControl)) settings.Fault("headers", $"cannot hold {name}");
            }
        }
        var authorization = settings.Text("authorization");
        if (authorization is not null && !AuthenticationHeaderValue.TryParse(authorization, out _)) settings.Fault("authorization", "must be a scheme and its text, such as Bearer and a token");
        var options = new WebhookOptions(url, template)
        {
            Secret = settings.Text("secret"),
            Key = settings.Text("key", required: template is PagerDuty or Opsgenie),
            Authorization = authorization,
            Headers = headers,
            Trust = TlsTrust.Of(settings),
        };
        return settings.Problem() is { } problem ? problem : options;
    }

    /// <summary>Without secrets.</summary>
    public override string ToString() => $"{Template} to {Url.Host}";
}
