using System.Diagnostics.Metrics;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Core.Query;
using Domesday.Core.Sealing;
using Domesday.Events;
using Domesday.Events.Json;
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
    private readonly ServiceEventQueue _queue;
    private readonly WebApplication _app;
    private readonly HttpClient _client;
    private bool _isRecording = true;

    private LogService(string folder, Meter meter, Sealer sealer, MemoryStore store, ServiceEventQueue queue, WebApplication app)
    {
        (_folder, _meter, Sealer, Store, _queue, _app) = (folder, meter, sealer, store, queue, app);
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
        var queue = new ServiceEventQueue(new(store, EventLimits.Default, TimeProvider.System, new(meter)), TimeProvider.System, meter, NullLogger.Instance);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Services.AddSingleton(sealer);
        builder.Services.AddSingleton(new LedgerProofs(store, store, sealer));
        builder.Services.AddSingleton(new BundleAudit(new(queue), TimeProvider.System));
        var app = builder.Build();
        app.Use((http, next) =>
        {
            var principal = new Principal(http.Request.Headers["Test-Tenant"].ToString(), "user", "u", "u", Permission.ProofRead);
            http.SetPrincipal(principal, principal.ScopeFor(Permission.ProofRead));
            return next(http);
        });
        app.MapGroup("/audit/v1").MapLog();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(folder, meter, sealer, store, queue, app);
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

    /// <summary>Ends the recording of reads; what was handed in is stored.</summary>
    public async ValueTask StopRecordingAsync()
    {
        if (!_isRecording) return;
        _isRecording = false;
        await _queue.DisposeAsync();
    }

    /// <summary>A ledger's events from a sequence on.</summary>
    public async Task<IReadOnlyList<AuditEvent>> EventsAsync(string tenant, long from)
    {
        var events = new List<AuditEvent>();
        await foreach (var batch in Store.ReadAsync(AccessScope.WholeTenant(tenant), new() { FromSequence = from }, EventOrder.Sequence, false, TestContext.Current.CancellationToken))
        {
            events.AddRange(batch.Select(entry => EventJson.Read(entry.Bytes.Span)));
        }
        return events;
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
        await StopRecordingAsync();
        Sealer.Dispose();
        _meter.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
