using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Core.Storage;
using Domesday.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Server.Tests.Backup;

/// <summary>A whole service over the embedded engine, whose generations are small, so that it makes and merges segments all the time.</summary>
internal sealed class EmbeddedService : IAsyncDisposable
{
    private static readonly EngineOptions Small = new() { GenerationBytesMax = 128 * 1024 };

    private readonly RunningService _service;

    private EmbeddedService(RunningService service)
    {
        _service = service;
        Admin = new() { BaseAddress = new(service.Urls.First()) };
        Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("admin:" + TestService.Password)));
    }

    public HttpClient Admin { get; }

    public static async Task<EmbeddedService> StartAsync(string data, Func<EmbeddedStore, IEventStore>? around = null)
    {
        var settings = TestService.Settings("--urls", "http://127.0.0.1:0", "--data", data, "--admin-password", TestService.Password);
        var parts = new ServeParts
        {
            OpenStore = (context, _) =>
            {
                var store = EmbeddedStore.Open(Path.Combine(data, "store"), Small, context.Time, NullLogger.Instance, context.Meter);
                return ValueTask.FromResult(new StorePair(around?.Invoke(store) ?? store, store.Reader));
            },
        };
        var started = await RunningService.StartAsync(settings, parts, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        Assert.Null(started.Problem);
        return new(started.Value);
    }

    public HttpClient Bearer(string key)
    {
        var client = new HttpClient { BaseAddress = Admin.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    public async Task<string> KeyAsync(string tenant, params string[] rights)
    {
        var made = await TestService.PostAsync(Admin, $"/audit/v1/keys?tenant={tenant}", new JsonObject { ["name"] = "test", ["rights"] = new JsonArray([.. rights.Select(right => JsonValue.Create(right))]) });
        return made["key"]!.GetValue<string>();
    }

    /// <summary>Stores events with these ids; they are durable when it returns.</summary>
    public async Task AppendAsync(IEnumerable<string> ids)
    {
        var lines = string.Concat(ids.Select(id => $$"""{"id":"{{id}}","time":"2026-02-11T22:21:02Z","service":"network","action":"create","resource":{"type":"router","id":"r-{{id}}"} }""" + "\n"));
        using var content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson");
        using var response = await Admin.PostAsync("/audit/v1/events", content, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The ids of all events that were sent, in the order of the ledger.</summary>
    public async Task<IReadOnlyList<string>> IdsAsync()
    {
        var lines = await Admin.GetStringAsync("/audit/v1/export?source_kind=native", TestContext.Current.CancellationToken);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["id"]!.GetValue<string>())];
    }

    public async Task<byte[]> BackupAsync() => await Admin.GetByteArrayAsync("/audit/v1/backup", TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _service.DisposeAsync();
    }
}
