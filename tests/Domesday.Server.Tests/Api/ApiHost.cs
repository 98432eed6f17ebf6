using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Core.Erasures;
using Domesday.Core.Export;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Ingest;
using Domesday.Server.Api;
using Domesday.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Server.Tests.Api;

/// <summary>The native routes about events on a free port over the model store. Whoever asks says who it is in headers; what is read is recorded elsewhere.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string Tenant = "acme";
    public const string TenantHeader = "X-Test-Tenant";
    public const string ProjectsHeader = "X-Test-Projects";

    private readonly WebApplication _app;
    private readonly Meter _meter;
    private readonly ServiceEventQueue _queue;
    private readonly AppendPipeline _pipeline;
    private readonly ControlLedger _ledger;

    private ApiHost(WebApplication app, MemoryStore store, AppendPipeline pipeline, ControlLedger ledger, Meter meter, ServiceEventQueue queue)
    {
        (_app, Store, _pipeline, _ledger, _meter, _queue) = (app, store, pipeline, ledger, meter, queue);
        Client = new() { BaseAddress = new(app.Urls.Single()) };
    }

    public MemoryStore Store { get; }

    public HttpClient Client { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="through">Stands between the routes and the model store's reading side.</param>
    public static async Task<ApiHost> StartAsync(Func<IEventReader, IEventReader>? through = null, TimeProvider? time = null, ICheckpointSource? checkpoints = null)
    {
        time ??= TimeProvider.System;
        var (store, meter) = (new MemoryStore(time), new Meter("test"));
        var pipeline = new AppendPipeline(store, EventLimits.Default, time, new AppendMetrics(meter));
        var queue = new ServiceEventQueue(new(new MemoryStore(time), EventLimits.Default, time, new AppendMetrics(meter)), time, meter, NullLogger.Instance);
        var ledger = await ControlLedger.OpenAsync(store, pipeline, NullLogger.Instance, Cancellation);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting().AddLogging();
        builder.Services.AddSingleton(time).AddSingleton<IEventStore>(store).AddSingleton(through?.Invoke(store) ?? store).AddSingleton(pipeline);
        builder.Services.AddSingleton(new BatchLimits(16 * 1024 * 1024, 100_000)).AddSingleton(new ReadAudit(queue)).AddSingleton(new GoneEvents(ledger));
        if (checkpoints is not null) builder.Services.AddSingleton(checkpoints);
        var app = builder.Build();
        app.UseMiddleware<FailureMiddleware>();
        app.Use((HttpContext http, RequestDelegate next) =>
        {
            http.SetPrincipal(PrincipalOf(http.Request), ScopeOf(http.Request));
            return next(http);
        });
        foreach (var source in IngestCatalog.Sources) source.Map(app);
        Map(app.MapGroup(NativeApi.Base));
        RouteCheck.EnsureRequirements(app);
        await app.StartAsync(Cancellation);
        return new(app, store, pipeline, ledger, meter, queue);
    }

    /// <summary>Stores events, as a sender of the tenant.</summary>
    public async Task<IReadOnlyList<Receipt>> AppendAsync(string tenant, params IEnumerable<AuditEvent> events)
    {
        var stored = await _pipeline.AppendAsync(new(tenant, "test", [.. events.Select(one => (ReadOnlyMemory<byte>)EventJson.Write(one))]), Cancellation);
        return stored.Value.Receipts;
    }

    public Task<IReadOnlyList<Receipt>> AppendAsync(params IEnumerable<AuditEvent> events) => AppendAsync(Tenant, events);

    /// <summary>Keeps something in quarantine, as if its source had not understood it.</summary>
    public async Task QuarantineAsync(string source, string text, string? context)
    {
        var input = new RefusedInput(System.Text.Encoding.UTF8.GetBytes(text), [new(null, "", "was not understood then")]) { Context = context };
        Assert.True((await _pipeline.QuarantineAsync(Tenant, source, [input], Cancellation)).IsOk);
    }

    /// <summary>The canonical text of every event of the tenant, in order.</summary>
    public async Task<IReadOnlyList<string>> TextsAsync(string tenant = Tenant)
    {
        var page = await Store.ListAsync(AccessScope.WholeTenant(tenant), new EventQuery { Descending = false, Limit = 10_000 }, Cancellation);
        return [.. page.Value.Entries.Select(entry => System.Text.Encoding.UTF8.GetString(entry.Bytes.Span))];
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? tenant = null, string? projects = null, HttpContent? content = null, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        using var request = new HttpRequestMessage(method, "/audit/v1" + path) { Content = content };
        if (tenant is not null) request.Headers.Add(TenantHeader, tenant);
        if (projects is not null) request.Headers.Add(ProjectsHeader, projects);
        return await Client.SendAsync(request, completion, Cancellation);
    }

    /// <summary>Gets JSON and insists on success.</summary>
    public async Task<JsonNode> GetAsync(string path, string? tenant = null, string? projects = null)
    {
        var (status, body) = await AskAsync(HttpMethod.Get, path, tenant, projects);
        Assert.True(status == 200, $"{path}: {status} {body.ToJsonString()}");
        return body;
    }

    public async Task<(int Status, JsonNode Body)> AskAsync(HttpMethod method, string path, string? tenant = null, string? projects = null, HttpContent? content = null)
    {
        using var response = await SendAsync(method, path, tenant, projects, content);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!);
    }

    /// <summary>Stops as the service does when it is told to.</summary>
    public Task StopAsync() => _app.StopAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await _queue.DisposeAsync();
        _ledger.Dispose();
        _meter.Dispose();
    }

    private static void Map(Microsoft.AspNetCore.Routing.RouteGroupBuilder api)
    {
        api.MapEvents();
        api.MapAttachments();
        api.MapNotes();
        api.MapFacets();
        api.MapHistogram();
        api.MapExport();
        api.MapTail();
        api.MapQuarantine();
    }

    private static Principal PrincipalOf(HttpRequest request) =>
        new(Tenant, "user", "u-1", "Alice", Rights.All) { Projects = ProjectsOf(request), IsSystemAdministrator = request.Headers[TenantHeader] == "*" };

    private static AccessScope ScopeOf(HttpRequest request)
    {
        var tenant = request.Headers[TenantHeader].FirstOrDefault() ?? Tenant;
        if (tenant == "*") return AccessScope.AllTenants();
        return ProjectsOf(request) is { } projects ? AccessScope.OfProjects(tenant, projects) : AccessScope.WholeTenant(tenant);
    }

    private static string[]? ProjectsOf(HttpRequest request) => request.Headers[ProjectsHeader].FirstOrDefault()?.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
