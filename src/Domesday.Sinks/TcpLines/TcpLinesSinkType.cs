using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.TcpLines;

/// <summary>Sends events as lines or GELF messages over TCP, such as to Logstash, Vector or Graylog.</summary>
internal sealed class TcpLinesSinkType : ISinkType
{
    public string Name => "tcp";

    public string Title => "Lines or GELF over TCP";

    public IReadOnlyList<SettingText> Settings { get; } =
    [
        new("host", "Receiver"),
        new("port", "Port", "Without it 5000 for lines, 12201 for GELF."),
        new("protocol", "Protocol", "lines: each event on a line; gelf: GELF 1.1."),
        new("tls", "TLS"),
        new("hostname", "Host of GELF", "This machine's name without it."),
        TlsTrust.Text,
    ];

    public IReadOnlyList<string> Secrets => [];

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = TcpLinesOptions.Read(settings);
        return options.IsOk ? new TcpLinesSink(options.Value, context) : options.Problem;
    }
}
