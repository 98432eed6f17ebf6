using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Server.Tests.Access;

/// <summary>Stands in for somebody else's HTTP service: written by hand, it answers what a test gives it.</summary>
internal sealed class HttpDouble : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpDouble(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    /// <summary>How often each path was asked for.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<string, int> Asked { get; } = new(StringComparer.Ordinal);

    /// <param name="answer">Sees its own address and the request; the status, and a body of JSON.</param>
    public static async Task<HttpDouble> StartAsync(Func<string, HttpRequest, (int Status, string Body)> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var other = new HttpDouble(app);
        app.Run(async http =>
        {
            other.Asked.AddOrUpdate(http.Request.Path, 1, (_, count) => count + 1);
            var (status, body) = answer(other.Url, http.Request);
            http.Response.StatusCode = status;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(body);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        other.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return other;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
