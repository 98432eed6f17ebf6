using Domesday.Core.Forwarding;
using Domesday.Core.Problems;

namespace Domesday.Sinks.TcpLines;

/// <summary>Sends events as lines or GELF messages over TCP, such as to Logstash, Vector or Graylog.</summary>
internal sealed class TcpLinesSinkType : ISinkType
{
    public string Name => "tcp";

    public IReadOnlyList<string> Secrets => [];

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = TcpLinesOptions.Read(settings);
        return options.IsOk ? new TcpLinesSink(options.Value, context) : options.Problem;
    }
}
