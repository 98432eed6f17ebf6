using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Domesday.Sinks.Transport;

/// <summary>Connections to a receiver over HTTP: no redirects, which would carry credentials elsewhere, and no addresses of the machine's own neighbourhood services.</summary>
internal sealed class HttpReceiver : IDisposable
{
    /// <summary>How much of an answer is read when it is for people alone.</summary>
    public const int AnswerBytesMax = 16 * 1024;

    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectionAgeMax = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <param name="trust">Checks the receiver's certificate; null: as the machine does.</param>
    public HttpReceiver(TimeProvider time, RemoteCertificateValidationCallback? trust = null)
    {
        _time = time;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = ConnectMax,
            PooledConnectionLifetime = ConnectionAgeMax,
            ConnectCallback = async (context, cancellation) => new NetworkStream(await ReachableSocket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellation), ownsSocket: true),
        };
        if (trust is not null) handler.SslOptions.RemoteCertificateValidationCallback = trust;
        // The loop limits how long an answer may take.
        _http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends a request and reads the answer.</summary>
    /// <exception cref="HttpRequestException">The receiver cannot be reached, or broke off.</exception>
    public async ValueTask<HttpAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellation, int answerBytesMax = AnswerBytesMax)
    {
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return await HttpAnswer.ReadAsync(response, _time, answerBytesMax, cancellation);
    }

    public void Dispose() => _http.Dispose();
}
