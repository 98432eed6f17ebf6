using Domesday.Core.Forwarding;
using Domesday.Core.Problems;

namespace Domesday.Sinks.OtlpOut;

/// <summary>Sends events as OpenTelemetry log records.</summary>
internal sealed class OtlpOutSinkType : ISinkType
{
    public string Name => "otlp";

    public IReadOnlyList<string> Secrets => ["headers"];

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = OtlpOutOptions.Read(settings);
        return options.IsOk ? new OtlpOutSink(options.Value, context) : options.Problem;
    }
}
