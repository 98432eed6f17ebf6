using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;
using Amazon.SecurityToken;
using Domesday.Core.Forwarding;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.Aws;

/// <summary>Calls services of AWS whose packages are not there: AWSSDK.Core signs, and the bodies are the service's own JSON.</summary>
/// <remarks>See docs/adr/0035-aws-without-service-packages.md.</remarks>
internal sealed class AwsCaller(string service, AwsOptions options, SinkContext context) : IDisposable
{
    private readonly AwsSignIn _signIn = new(options, context.Environment.AwsEndpoint, context.Time);
    private readonly HttpReceiver _http = new(context.Time);
    private readonly Uri _endpoint = options.EndpointOf(service, context.Environment.AwsEndpoint);

    /// <summary>Posts a JSON body.</summary>
    /// <param name="path">Below the service's address.</param>
    /// <param name="query">Parameters of the address.</param>
    /// <param name="headers">Signed with the others.</param>
    public async ValueTask<AwsAnswer> PostAsync(string path, IReadOnlyDictionary<string, string> query, IReadOnlyDictionary<string, string> headers, byte[] body, CancellationToken cancellation)
    {
        var credentials = await _signIn.CredentialsAsync(cancellation);
        using var message = Sign(credentials, path, query, headers, body);
        var answer = AwsAnswer.From(await _http.SendAsync(message, cancellation));
        if (answer.IsOfCredentials) _signIn.Forget();
        return answer;
    }

    public void Dispose()
    {
        _http.Dispose();
        _signIn.Dispose();
    }

    internal HttpRequestMessage Sign(ImmutableCredentials credentials, string path, IReadOnlyDictionary<string, string> query, IReadOnlyDictionary<string, string> headers, byte[] body)
    {
        var request = new DefaultRequest(new Call(), service)
        {
            Endpoint = _endpoint,
            HttpMethod = "POST",
            ResourcePath = path,
            Content = body,
            AuthenticationRegion = options.Region,
            OverrideSigningServiceName = service,
        };
        foreach (var (name, value) in headers) request.Headers[name] = value;
        foreach (var (name, value) in query) request.ParameterCollection.Add(name, value);
        request.UseQueryString = query.Count > 0;
        if (credentials.Token is { Length: > 0 } token) request.Headers["x-amz-security-token"] = token;
        var config = new AmazonSecurityTokenServiceConfig { ServiceURL = _endpoint.AbsoluteUri, AuthenticationRegion = options.Region };
        var signed = new AWS4Signer().SignRequest(request, config, new RequestMetrics(), credentials.AccessKey, credentials.SecretKey);
        request.Headers["Authorization"] = signed.ForAuthorizationHeader;
        var text = string.Join('&', query.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        var message = new HttpRequestMessage(HttpMethod.Post, new UriBuilder(_endpoint) { Path = _endpoint.AbsolutePath.TrimEnd('/') + path, Query = text }.Uri) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in request.Headers)
        {
            if (name.Equals("host", StringComparison.OrdinalIgnoreCase) || name.Equals("content-length", StringComparison.OrdinalIgnoreCase)) continue;
            if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content.Headers.TryAddWithoutValidation(name, value);
        }
        return message;
    }

    private sealed class Call : AmazonWebServiceRequest;
}
