using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Ingest.Tests;

/// <summary>The sources on a free port over the model store; whoever asks is let in to the tenant acme.</summary>
internal sealed class IngestHost : IAsyncDisposable
{
    public const string Tenant = "acme";

    private readonly WebApplication _app;
    private readonly Meter _meter;

    private IngestHost(WebApplication app, Meter meter, MemoryStore store)
    {
        (_app, _meter, Store) = (app, meter, store);
        Url = new(app.Urls.Single());
        Client = new() { BaseAddress = Url };
    }

    public MemoryStore Store { get; }

    public Uri Url { get; }

    public HttpClient Client { get; }

    /// <param name="through">Stands between the pipeline and the model store.</param>
    public static async Task<IngestHost> StartAsync(BatchLimits? limits = null, Func<IEventStore, IEventStore>? through = null, IReadOnlyList<string>? projects = null)
    {
        var (store, meter) = (new MemoryStore(TimeProvider.System), new Meter("test"));
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting().AddLogging();
        builder.Services.AddSingleton(new AppendPipeline(through?.Invoke(store) ?? store, EventLimits.Default, TimeProvider.System, new AppendMetrics(meter)));
        builder.Services.AddSingleton(limits ?? new BatchLimits(16 * 1024 * 1024, 100_000));
        var app = builder.Build();
        var principal = new Principal(Tenant, "api_key", "key-1", "test", Permission.AuditWrite) { Projects = projects };
        app.UseMiddleware<FailureMiddleware>();
        app.Use((HttpContext http, RequestDelegate next) =>
        {
            http.SetPrincipal(principal, principal.ScopeFor(Permission.AuditWrite));
            return next(http);
        });
        foreach (var source in IngestCatalog.Sources) source.Map(app);
        RouteCheck.EnsureRequirements(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, meter, store);
    }

    /// <summary>The events of a ledger, in order.</summary>
    public async Task<IReadOnlyList<AuditEvent>> EventsAsync(string tenant = Tenant)
    {
        var page = await Store.ListAsync(AccessScope.WholeTenant(tenant), new EventQuery { Descending = false, Limit = 10_000 }, TestContext.Current.CancellationToken);
        return [.. page.Value.Entries.Select(entry => EventJson.Read(entry.Bytes.Span))];
    }

    public Task<IReadOnlyList<AuditEvent>> QuarantineAsync() => EventsAsync(TenantName.QuarantineOf(Tenant));

    public async Task<(int Status, JsonNode Body)> PostAsync(string path, HttpContent content)
    {
        using var response = await Client.PostAsync(path, content, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, JsonNode.Parse(text)!);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _meter.Dispose();
    }
}
