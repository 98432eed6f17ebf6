using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Ingest;
using Domesday.Server.Tests;
using Domesday.TestKit;

namespace Domesday.Dialects.Tests;

/// <summary>A whole service with all dialects, a tenant <c>acme</c>, and credentials of each sort in it.</summary>
internal sealed class DialectHost : IAsyncDisposable
{
    public const string Tenant = "acme";

    /// <summary>Of the administrator; fit for a command line without quotes.</summary>
    public const string Password = "correct-horse-battery";

    /// <summary>Nobody listens there: tests must not reach AWS.</summary>
    private const string NoAws = "http://127.0.0.1:1";

    private DialectHost(TestService service, TimeProvider time) => (Service, Time) = (service, time);

    public TestService Service { get; }

    public TimeProvider Time { get; }

    public Uri Url => Service.Url;

    /// <summary>Whole tenant, may do everything in it.</summary>
    public string AdminKey { get; private set; } = "";

    public string ReadKey { get; private set; } = "";

    public string WriteKey { get; private set; } = "";

    public HttpClient Reader { get; private set; } = null!;

    public HttpClient Writer { get; private set; } = null!;

    public HttpClient Nobody => Service.Nobody;

    public static async Task<DialectHost> StartAsync(TimeProvider? time = null, TestFolder? data = null)
    {
        time ??= new ManualTime();
        var service = await TestService.StartAsync(new MemoryStore(time), time, sources: IngestCatalog.Sources, password: Password, data: data, arguments: ["--aws-endpoint", NoAws]);
        await service.TenantAsync(Tenant);
        var host = new DialectHost(service, time)
        {
            AdminKey = (await service.KeyAsync(Tenant, "admin")).Text,
            ReadKey = (await service.KeyAsync(Tenant, "read")).Text,
            WriteKey = (await service.KeyAsync(Tenant, "write")).Text,
        };
        host.Reader = service.Bearer(host.ReadKey);
        host.Writer = service.Bearer(host.WriteKey);
        return host;
    }

    /// <summary>A key that may read these projects alone.</summary>
    public async Task<string> ProjectKeyAsync(params string[] projects)
    {
        var made = await TestService.PostAsync(Service.Admin, $"/audit/v1/keys?tenant={Tenant}", new JsonObject
        {
            ["name"] = "viewer",
            ["rights"] = new JsonArray("read", "write"),
            ["projects"] = new JsonArray([.. projects.Select(project => JsonValue.Create(project))]),
        });
        return made["key"]!.GetValue<string>();
    }

    /// <summary>Stores events in one batch.</summary>
    public Task AppendAsync(params AuditEvent[] events) => AppendAsync(Writer, events);

    public static async Task AppendAsync(HttpClient client, params AuditEvent[] events)
    {
        using var content = new StringContent(string.Join('\n', events.Select(auditEvent => Encoding.UTF8.GetString(EventJson.Write(auditEvent)))), Encoding.UTF8, "application/x-ndjson");
        using var response = await client.PostAsync("/audit/v1/events", content, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A moment before the service's now.</summary>
    public Timestamp Ago(TimeSpan span) => Timestamp.FromDateTimeOffset(Time.GetUtcNow() - span);

    public static async Task<(HttpResponseMessage Response, string Body)> SendAsync(HttpClient client, HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new("application/json");
        }
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public static Task<(HttpResponseMessage Response, string Body)> GetAsync(HttpClient client, string path, params (string Name, string Value)[] headers) =>
        SendAsync(client, HttpMethod.Get, path, null, headers);

    /// <summary>Gets JSON, and insists on 200.</summary>
    public static async Task<JsonNode> JsonAsync(HttpClient client, string path, params (string Name, string Value)[] headers)
    {
        var (response, body) = await GetAsync(client, path, headers);
        Assert.True((int)response.StatusCode == 200, $"{path}: {(int)response.StatusCode} {body}");
        return JsonNode.Parse(body)!;
    }

    public HttpClient Basic(string user, string password) => Service.Client(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))));

    public ValueTask DisposeAsync()
    {
        Reader.Dispose();
        Writer.Dispose();
        return Service.DisposeAsync();
    }
}
