using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.SyslogOut;

/// <summary>Sends events as syslog messages.</summary>
internal sealed class SyslogOutSinkType : ISinkType
{
    public string Name => "syslog";

    public string Title => "Syslog (RFC 5424)";

    public IReadOnlyList<SettingText> Settings { get; } =
    [
        new("host", "Receiver"),
        new("port", "Port", "Without it 6514 for TLS, 601 for TCP, 514 for UDP."),
        new("transport", "Transport"),
        new("framing", "Framing", "counted: each message after its length; lines: a line feed behind each."),
        new("facility", "Facility", "13 is «log audit»."),
        new("hostname", "Host name in the header", "This machine's without it."),
        new("app_name", "Application in the header", "domesday without it."),
        TlsTrust.Text,
    ];

    public IReadOnlyList<string> Secrets => [];

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = SyslogOutOptions.Read(settings);
        return options.IsOk ? new SyslogOutSink(options.Value, context) : options.Problem;
    }
}
