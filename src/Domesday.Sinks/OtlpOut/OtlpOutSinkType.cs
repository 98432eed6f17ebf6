using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.OtlpOut;

/// <summary>Sends events as OpenTelemetry log records.</summary>
internal sealed class OtlpOutSinkType : ISinkType
{
    public string Name => "otlp";

    public string Title => "OpenTelemetry collector";

    public IReadOnlyList<SettingText> Settings { get; } =
    [
        new("url", "Address", "Such as https://otel.example.com:4318; /v1/logs is added when there is no path."),
        new("headers", "Headers", "Sent with each request: name=value, with commas between them."),
        new("service_name", "service.name", "domesday without it."),
        TlsTrust.Text,
    ];

    public IReadOnlyList<string> Secrets => ["headers"];

    public IReadOnlyList<string> Destination => ["url"];

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = OtlpOutOptions.Read(settings);
        return options.IsOk ? new OtlpOutSink(options.Value, context) : options.Problem;
    }
}
