using Domesday.Core.Forwarding;
using Domesday.Core.Problems;

namespace Domesday.Sinks.SplunkHec;

/// <summary>Sends events to Splunk's HTTP Event Collector.</summary>
internal sealed class SplunkHecSinkType : ISinkType
{
    public string Name => "splunk";

    public IReadOnlyList<string> Secrets => ["token"];

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = SplunkHecOptions.Read(settings);
        return options.IsOk ? new SplunkHecSink(options.Value, context) : options.Problem;
    }
}
