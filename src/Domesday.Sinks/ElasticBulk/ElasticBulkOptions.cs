using System.Text;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.ElasticBulk;

/// <param name="Bulk">The address of <c>_bulk</c>.</param>
/// <param name="Index">An index, an alias or a data stream.</param>
/// <param name="Authorization">The header; null for none.</param>
internal sealed record ElasticBulkOptions(Uri Bulk, string Index, string? Authorization, System.Net.Security.RemoteCertificateValidationCallback? Trust)
{
    private const int IndexBytesMax = 255;

    public static Result<ElasticBulkOptions> Read(SinkSettings settings, string index)
    {
        var url = settings.Url("url", required: true) ?? new("http://localhost/");
        var named = settings.Text("index", charsMax: IndexBytesMax) ?? index;
        // Source: Elasticsearch, «Create index API».
        if (named[0] is '-' or '_' or '+' or '.' || named.Any(letter => char.IsAsciiLetterUpper(letter) || char.IsControl(letter) || "\\/*?\"<>| ,#:".Contains(letter, StringComparison.Ordinal)))
            settings.Fault("index", "must be the name of an index: lower case, without blanks and signs such as / and *");
        var (key, user, password) = (settings.Text("api_key"), settings.Text("user"), settings.Text("password"));
        if (key is not null && user is not null) settings.Fault("user", "cannot stand beside api_key");
        if (user is null != password is null) settings.Fault(user is null ? "user" : "password", "is missing");
        var authorization = key is not null ? "ApiKey " + key : user is not null ? "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")) : null;
        var options = new ElasticBulkOptions(new(url.AbsoluteUri.TrimEnd('/') + "/_bulk"), named, authorization, TlsTrust.Of(settings));
        return settings.Problem() is { } problem ? problem : options;
    }

    /// <summary>Without secrets.</summary>
    public override string ToString() => $"{Bulk} {Index}";
}
