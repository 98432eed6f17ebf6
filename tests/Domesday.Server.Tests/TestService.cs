using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Http.PlugIns;
using Domesday.Server.Settings;
using Domesday.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Server.Tests;

/// <summary>A whole service on a free port, over the model store.</summary>
internal sealed class TestService : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private readonly RunningService _service;
    private readonly TestFolder? _folder;

    private TestService(RunningService service, MemoryStore store, TestFolder? folder, string password)
    {
        (_service, Store, _folder) = (service, store, folder);
        Url = new(service.Urls.First());
        Admin = Client(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("admin:" + password))));
        Nobody = Client(null);
    }

    public RunningService Service => _service;

    /// <summary>Outlives the service, to start another one over it.</summary>
    public MemoryStore Store { get; }

    public Uri Url { get; }

    public HttpClient Admin { get; }

    public HttpClient Nobody { get; }

    public static async Task<TestService> StartAsync(
        MemoryStore? store = null, TimeProvider? time = null, IEventStore? asStore = null, IReadOnlyList<IIngestSource>? sources = null, string password = Password, TestFolder? data = null, params string[] arguments)
    {
        time ??= TimeProvider.System;
        store ??= new MemoryStore(time);
        var own = data is null ? new TestFolder() : null;
        var settings = Settings(["--urls", "http://127.0.0.1:0", "--data", (data ?? own!)["data"], "--admin-password", password, .. arguments]);
        var parts = new ServeParts { OpenStore = (_, _) => ValueTask.FromResult(new StorePair(asStore ?? store, store)), Time = time, Sources = sources ?? [] };
        var started = await RunningService.StartAsync(settings, parts, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        Assert.Null(started.Problem);
        return new(started.Value, store, own, password);
    }

    public static ServiceSettings Settings(params string[] arguments)
    {
        var read = SettingsReader.Read(arguments, new Dictionary<string, string>());
        Assert.Empty(read.Faults);
        return ServiceSettings.From(read.Texts);
    }

    public HttpClient Client(AuthenticationHeaderValue? authorization)
    {
        var client = new HttpClient { BaseAddress = Url };
        client.DefaultRequestHeaders.Authorization = authorization;
        return client;
    }

    public HttpClient Bearer(string key) => Client(new("Bearer", key));

    /// <summary>Makes a key as the administrator.</summary>
    /// <returns>Its id and its text.</returns>
    public async Task<(string Id, string Text)> KeyAsync(string tenant, params string[] rights)
    {
        var made = await PostAsync(Admin, $"/audit/v1/keys?tenant={tenant}", new JsonObject { ["name"] = "test", ["rights"] = new JsonArray([.. rights.Select(right => JsonValue.Create(right))]) });
        return (made["id"]!.GetValue<string>(), made["key"]!.GetValue<string>());
    }

    public async Task TenantAsync(string name) => await PostAsync(Admin, "/audit/v1/tenants", new JsonObject { ["name"] = name });

    /// <summary>Posts, and insists on success.</summary>
    public static async Task<JsonObject> PostAsync(HttpClient client, string path, JsonObject body)
    {
        using var response = await client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        var answer = await JsonAsync(response);
        Assert.True(response.IsSuccessStatusCode, answer.ToJsonString());
        return answer;
    }

    public static async Task<JsonObject> GetAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        var answer = await JsonAsync(response);
        Assert.True(response.IsSuccessStatusCode, answer.ToJsonString());
        return answer;
    }

    public static async Task<JsonObject> JsonAsync(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();

    /// <summary>All events of a ledger, oldest first.</summary>
    public async Task<IReadOnlyList<AuditEvent>> EventsAsync(string tenant)
    {
        var events = new List<AuditEvent>();
        await foreach (var batch in Store.ReadAsync(AccessScope.WholeTenant(tenant), EventFilter.All, EventOrder.Sequence, false, TestContext.Current.CancellationToken))
        {
            events.AddRange(batch.Select(entry => EventJson.Read(entry.Bytes.Span)));
        }
        return events;
    }

    /// <summary>Waits until a ledger has an event that is looked for; the test's own time limit ends a vain wait.</summary>
    public async Task<AuditEvent> EventAsync(string tenant, Func<AuditEvent, bool> isWanted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            var size = Store.Size(tenant);
            if ((await EventsAsync(tenant)).FirstOrDefault(isWanted) is { } found) return found;
            await Store.WaitBeyondAsync(tenant, size, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        Nobody.Dispose();
        await _service.DisposeAsync();
        _folder?.Dispose();
    }
}
