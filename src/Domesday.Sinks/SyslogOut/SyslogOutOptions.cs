using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.SyslogOut;

/// <summary>A receiver of syslog, and what stands before each message.</summary>
/// <param name="Transport">udp, tcp or tls.</param>
/// <param name="IsCounted">Each message begins with its length; else each ends with a line feed.</param>
internal sealed record SyslogOutOptions(StreamAddress Address, string Transport, bool IsCounted, Rfc5424Header Header)
{
    public const string Udp = "udp";

    private const int PortMax = 65_535;

    private static readonly (string Name, int Port)[] Transports = [(Udp, 514), ("tcp", 601), ("tls", 6_514)];

    public static Result<SyslogOutOptions> Read(SinkSettings settings)
    {
        var host = settings.Text("host", required: true) ?? "";
        var transport = settings.Choice("transport", [.. Transports.Select(known => known.Name)], "tls");
        var port = settings.Number("port", 1, PortMax, Transports.First(known => known.Name == transport).Port);
        var isCounted = settings.Choice("framing", ["counted", "lines"], "counted") == "counted";
        var header = new Rfc5424Header(settings.Number("facility", 0, 23, Rfc5424Header.AuditFacility), Token(settings, "hostname", 255) ?? Environment.MachineName, Token(settings, "app_name", 48) ?? "domesday");
        var trust = TlsTrust.Of(settings);
        var options = new SyslogOutOptions(new(host, port, transport == "tls", trust), transport, isCounted, header);
        return settings.Problem() is { } problem ? problem : options;
    }

    /// <summary>RFC 5424 §6: printable ASCII without blanks.</summary>
    private static string? Token(SinkSettings settings, string name, int charsMax)
    {
        var text = settings.Text(name, charsMax: charsMax);
        if (text?.Any(letter => letter is <= ' ' or > '~') == true) settings.Fault(name, "must be printable ASCII without blanks");
        return text;
    }
}
