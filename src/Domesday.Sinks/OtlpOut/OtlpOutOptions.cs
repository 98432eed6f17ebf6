using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.OtlpOut;

/// <param name="Url">Of <c>/v1/logs</c>.</param>
/// <param name="Headers">Sent with each request; secret.</param>
internal sealed record OtlpOutOptions(Uri Url, IReadOnlyDictionary<string, string> Headers, string ServiceName, System.Net.Security.RemoteCertificateValidationCallback? Trust)
{
    private const string LogsPath = "/v1/logs";

    public static Result<OtlpOutOptions> Read(SinkSettings settings)
    {
        var url = settings.Url("url", required: true) ?? new("http://localhost/");
        if (url.AbsolutePath is "/" or "") url = new(url, LogsPath);
        var headers = settings.Pairs("headers");
        using (var check = new HttpRequestMessage())
        {
            if (!headers.All(header => check.Headers.TryAddWithoutValidation(header.Key, header.Value))) settings.Fault("headers", "must be names and values of HTTP headers");
        }
        var options = new OtlpOutOptions(url, headers, settings.Text("service_name") ?? "domesday", TlsTrust.Of(settings));
        return settings.Problem() is { } problem ? problem : options;
    }

    /// <summary>Without secrets.</summary>
    public override string ToString() => Url.AbsoluteUri;
}
