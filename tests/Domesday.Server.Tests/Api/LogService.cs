using System.Diagnostics.Metrics;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Sealing;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Server.Api;
using Domesday.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Server.Tests.Api;

/// <summary>The endpoints of the log alone, on a free port, over a model store; the tenant is the one that a header names.</summary>
internal sealed class LogService : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Meter _meter;
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private LogService(string folder, Meter meter, Sealer sealer, MemoryStore store, WebApplication app)
    {
        (_folder, _meter, Sealer, Store, _app) = (folder, meter, sealer, store, app);
        _client = new() { BaseAddress = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
    }

    public Sealer Sealer { get; }

    public MemoryStore Store { get; }

    public IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    public static async Task<LogService> StartAsync()
    {
        var store = new MemoryStore(TimeProvider.System);
        var folder = Directory.CreateTempSubdirectory("domesday-log-").FullName;
        var meter = new Meter("Domesday");
        var sealer = Sealer.Open(store, new() { DataFolder = folder }, meter, TimeProvider.System, NullLogger<Sealer>.Instance).Value;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Services.AddSingleton(sealer);
        builder.Services.AddSingleton(new LedgerProofs(store, store, sealer));
        var app = builder.Build();
        app.Use((http, next) =>
        {
            var principal = new Principal(http.Request.Headers["Test-Tenant"].ToString(), "user", "u", "u", Permission.ProofRead);
            http.SetPrincipal(principal, principal.Scope);
            return next(http);
        });
        app.MapGroup("/audit/v1").MapLog();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(folder, meter, sealer, store, app);
    }

    public async Task AppendAsync(string tenant, int count)
    {
        var pipeline = new AppendPipeline(Store, EventLimits.Default, TimeProvider.System, new(_meter));
        var events = Enumerable.Range(0, count).Select(_ => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes("""{"action":"create"}"""));
        Assert.True((await pipeline.AppendAsync(new(tenant, "native", [.. events]), TestContext.Current.CancellationToken)).IsOk);
    }

    public async Task SealAsync()
    {
        while (await Sealer.SealAsync(TestContext.Current.CancellationToken))
        {
        }
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string tenant = "acme")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/audit/v1/log/" + path);
        request.Headers.Add("Test-Tenant", tenant);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        Sealer.Dispose();
        _meter.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
