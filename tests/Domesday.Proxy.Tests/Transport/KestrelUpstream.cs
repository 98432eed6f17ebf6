using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Domesday.Proxy.Tests.Transport;

/// <summary>A real web server: <c>/who</c> says whom it sees, <c>/ws</c> is a WebSocket that says everything twice.</summary>
internal sealed class KestrelUpstream : IAsyncDisposable
{
    private readonly WebApplication _application;

    private KestrelUpstream(WebApplication application) => _application = application;

    public string Url => _application.Urls.First();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="socket">Of a unix socket; null: a free port.</param>
    /// <param name="certificate">With it https, and it asks for the client's certificate, whoever signed that.</param>
    public static async Task<KestrelUpstream> StartAsync(string? socket = null, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(server =>
        {
            if (socket is not null) server.ListenUnixSocket(socket);
            else server.Listen(IPAddress.Loopback, 0, listen => Secure(listen, certificate));
        });
        var application = builder.Build();
        application.UseWebSockets();
        application.Run(AnswerAsync);
        await application.StartAsync(Cancellation);
        return new(application);
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private static void Secure(ListenOptions listen, X509Certificate2? certificate)
    {
        if (certificate is null) return;
        listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.AllowAnyClientCertificate();
        });
    }

    private static async Task AnswerAsync(HttpContext http)
    {
        if (http.WebSockets.IsWebSocketRequest) await SayTwiceAsync(http);
        else await http.Response.WriteAsync($"{http.Request.Protocol} {http.Connection.ClientCertificate?.Subject} {http.Request.Headers["X-Client"]}", Cancellation);
    }

    private static async Task SayTwiceAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[256 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(), Cancellation);
            if (read.MessageType == System.Net.WebSockets.WebSocketMessageType.Close) break;
            for (var i = 0; i < 2; i++) await socket.SendAsync(buffer.AsMemory(0, read.Count), read.MessageType, read.EndOfMessage, Cancellation);
        }
        await socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, "through", Cancellation);
    }
}
