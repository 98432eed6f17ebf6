using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.SplunkHec;

/// <summary>Sends events to Splunk's HTTP Event Collector.</summary>
internal sealed class SplunkHecSinkType : ISinkType
{
    public string Name => "splunk";

    public string Title => "Splunk";

    public IReadOnlyList<SettingText> Settings { get; } =
    [
        new("url", "Address of the HTTP Event Collector", "Such as https://splunk.example.com:8088"),
        new("token", "Token"),
        new("acknowledge", "Wait for the indexers", "True: an event counts when the indexers have it; the token needs indexer acknowledgement."),
        new("index", "Index", "The token's own without it."),
        new("source", "Source", "domesday without it."),
        new("sourcetype", "Source type", "domesday:audit without it."),
        new("hostname", "Host", "This machine's name without it."),
        TlsTrust.Text,
    ];

    public IReadOnlyList<string> Secrets => ["token"];

    public IReadOnlyList<string> Destination => ["url"];

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = SplunkHecOptions.Read(settings);
        return options.IsOk ? new SplunkHecSink(options.Value, context) : options.Problem;
    }
}
