using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.TcpLines;

/// <param name="IsGelf">GELF messages, each with a zero byte behind it; else lines.</param>
/// <param name="Host">What GELF calls the host.</param>
internal sealed record TcpLinesOptions(StreamAddress Address, bool IsGelf, string Host)
{
    private const int PortMax = 65_535;
    private const int GelfPort = 12_201;
    private const int LinesPort = 5_000;

    public static Result<TcpLinesOptions> Read(SinkSettings settings)
    {
        var isGelf = settings.Choice("protocol", ["lines", "gelf"], "lines") == "gelf";
        var host = settings.Text("host", required: true) ?? "";
        var port = settings.Number("port", 1, PortMax, isGelf ? GelfPort : LinesPort);
        var options = new TcpLinesOptions(new(host, port, settings.Flag("tls"), TlsTrust.Of(settings)), isGelf, settings.Text("hostname") ?? Environment.MachineName);
        return settings.Problem() is { } problem ? problem : options;
    }
}
