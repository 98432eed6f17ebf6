using System.Net;
using System.Text.Json;

namespace Domesday.Server.Federation;

/// <summary>Asks other services for JSON: bounded in time and size, without redirects.</summary>
internal sealed class RemoteJson : IDisposable
{
    private const int BytesMax = 1024 * 1024;

    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(5);

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeMax,
        MaxResponseContentBufferSize = BytesMax,
    };

    /// <returns>The status and the body; null when nobody answers. The body is null when it is not JSON.</returns>
    public async ValueTask<(HttpStatusCode Status, JsonElement? Body)?> GetAsync(Uri url, IReadOnlyDictionary<string, string> headers, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var response = await _client.SendAsync(request, cancellation);
            return (response.StatusCode, Parse(await response.Content.ReadAsByteArrayAsync(cancellation)));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || exception is OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();

    private static JsonElement? Parse(byte[] bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes, new() { MaxDepth = 32 });
            return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
