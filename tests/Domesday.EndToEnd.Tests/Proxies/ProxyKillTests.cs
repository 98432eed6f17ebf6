using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Domesday.EndToEnd.Tests.Proxies;

/// <summary>Proxy and service die without a warning, again and again, while volumes are made on a real engine.</summary>
public sealed class ProxyKillTests
{
    private const int Kills = 8;
    private const int Workers = 8;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_is_killed_every_act_has_one_event_and_no_act_has_two()
    {
        if (DockerEngine.Missing is { } missing) Assert.Skip(missing);
        using var folder = new TestFolder();
        var (engine, said) = await DockerEngine.StartAsync(folder["engine"]);
        if (engine is null) Assert.Skip("dockerd does not start here: " + said);
        await using var running = engine;
        var random = new Random(8);
        var answered = new ConcurrentDictionary<string, bool>();
        var (key, next) = ("", 0);
        for (var kill = 0; kill < Kills; kill++)
        {
            var service = await ServiceProcess.StartAsync(folder["data"]);
            if (kill == 0)
            {
                using var admin = service.Admin();
                key = await admin.KeyAsync("read", "write");
            }
            var proxy = await ProxyAsync(service.Url, key, folder, engine);
            var (first, second) = (Reaching(answered.Count + random.Next(5, 60)), Reaching(answered.Count + random.Next(60, 120)));
            var workers = Enumerable.Range(0, Workers).Select(_ => MakeAsync(folder["proxy.sock"], () => $"v{Interlocked.Increment(ref next)}", name =>
            {
                answered[name] = true;
                first.Note(answered.Count);
                second.Note(answered.Count);
            })).ToList();
            // One dies while the other goes on for a while.
            await first.Reached;
            if (random.Next(2) == 0)
            {
                await service.KillAsync();
                await second.Reached;
            }
            await proxy.DisposeAsync();
            await Task.WhenAll(workers);
            await service.DisposeAsync();
        }
        await CheckAsync(folder, engine, key, answered.Keys, next);
    }

    private static Task<ProxyProcess> ProxyAsync(Uri server, string key, TestFolder folder, DockerEngine engine) =>
        ProxyProcess.StartAsync(server, key, "--listen", $"unix://{folder["proxy.sock"]}", "--upstream", $"unix://{engine.Socket}", "--kind", "docker", "--spool", folder["spool"]);

    /// <summary>Makes one volume after the other until the proxy is gone.</summary>
    private static async Task MakeAsync(string socket, Func<string> name, Action<string> answered)
    {
        using var client = Client(socket);
        try
        {
            while (true)
            {
                var volume = name();
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1.41/volumes/create") { Content = JsonContent.Create(new Dictionary<string, string> { ["Name"] = volume }) };
                request.Headers.Add("X-Request-Id", volume);
                using var response = await client.SendAsync(request, Cancellation);
                Assert.Equal(HttpStatusCode.Created, response.StatusCode);
                answered(volume);
            }
        }
        catch (HttpRequestException)
        {
            // The proxy was killed.
        }
    }

    private static async Task CheckAsync(TestFolder folder, DockerEngine engine, string key, IEnumerable<string> answered, int asked)
    {
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        await using var proxy = await ProxyAsync(service.Url, key, folder, engine);
        using var client = service.Bearer(key);
        using var docker = Client(engine.Socket);
        using var volumes = JsonDocument.Parse(await docker.GetStringAsync("/v1.41/volumes", Cancellation));
        var made = volumes.RootElement.GetProperty("Volumes").EnumerateArray().Select(volume => volume.GetProperty("Name").GetString()!).ToList();
        Assert.Empty(answered.Except(made));
        var results = new List<(string Id, string Result)>();
        // What was in the spool arrives; the last act that was made is what is waited for.
        while (made.Except(results.Select(one => one.Id)).Any())
        {
            await Task.Delay(100, Cancellation);
            results = await ResultsAsync(client);
        }
        Assert.Distinct(results.Select(one => one.Id));
        Assert.Empty(answered.Except(results.Where(one => one.Result == "success").Select(one => one.Id)));
        Assert.InRange(results.Count, made.Count, asked);
    }

    private static async Task<List<(string Id, string Result)>> ResultsAsync(HttpClient client)
    {
        var results = new List<(string, string)>();
        for (string? cursor = ""; cursor is not null;)
        {
            using var page = JsonDocument.Parse(await client.GetStringAsync("/audit/v1/events?limit=1000&service=docker" + (cursor.Length == 0 ? "" : "&cursor=" + Uri.EscapeDataString(cursor)), Cancellation));
            results.AddRange(page.RootElement.GetProperty("events").EnumerateArray().Select(one => (one.GetProperty("request").GetProperty("id").GetString()!, one.GetProperty("outcome").GetProperty("result").GetString()!)));
            cursor = page.RootElement.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        return results;
    }

    private static HttpClient Client(string socket) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
            return new NetworkStream(connection, ownsSocket: true);
        },
    })
    { BaseAddress = new("http://docker") };

    private static Mark Reaching(int count) => new(count);

    /// <summary>Tells when a count is reached.</summary>
    private sealed class Mark(int count)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public void Note(int now)
        {
            if (now >= count) _reached.TrySetResult();
        }
    }
}
