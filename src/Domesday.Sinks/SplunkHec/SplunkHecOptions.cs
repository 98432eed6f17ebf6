using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.SplunkHec;

/// <param name="Url">Of the collector, without a path.</param>
/// <param name="Token">Secret.</param>
/// <param name="IsAcknowledged">Wait until the indexers have the events.</param>
internal sealed record SplunkHecOptions(Uri Url, string Token, string? Index, string Source, string SourceType, string Host, bool IsAcknowledged, System.Net.Security.RemoteCertificateValidationCallback? Trust)
{
    public static Result<SplunkHecOptions> Read(SinkSettings settings)
    {
        var url = settings.Url("url", required: true) ?? new("http://localhost/");
        var options = new SplunkHecOptions(
            new(url.GetLeftPart(UriPartial.Authority)), settings.Text("token", required: true) ?? "", settings.Text("index"), settings.Text("source") ?? "domesday",
            settings.Text("sourcetype") ?? "domesday:audit", settings.Text("hostname") ?? Environment.MachineName, settings.Flag("acknowledge"), TlsTrust.Of(settings));
        return settings.Problem() is { } problem ? problem : options;
    }

    /// <summary>Without the token.</summary>
    public override string ToString() => Url.AbsoluteUri;
}
