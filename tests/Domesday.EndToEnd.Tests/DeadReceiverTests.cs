using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Domesday.EndToEnd.Tests;

/// <summary>A receiver that is dead, comes back slow and faulty, and dies again, while the service is killed twice.</summary>
public sealed class DeadReceiverTests
{
    private const int Events = 800;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Receiver_ends_with_every_event_in_order_and_the_counters_agree()
    {
        using var folder = new TestFolder();
        using var receiver = new FaultyReceiver(new Random(6));
        string sink, key;
        await using (var first = await ServiceProcess.StartAsync(folder["data"]))
        {
            using var admin = first.Admin();
            key = await admin.KeyAsync("admin");
            using var client = first.Bearer(key);
            sink = await MakeSinkAsync(client, receiver.Url);
            await AppendAsync(client, 0, Events / 2);
            await SinkWhenAsync(client, sink, state => state["retried"]!.GetValue<long>() > 0);
            Assert.Empty(receiver.Taken);
            receiver.Start();
            await receiver.WaitAsync(100);
            await first.KillAsync();
        }
        await using (var second = await ServiceProcess.StartAsync(folder["data"]))
        {
            using var client = second.Bearer(key);
            await AppendAsync(client, Events / 2, Events / 2);
            await receiver.WaitAsync(300);
            receiver.Stop();
            await SinkWhenAsync(client, sink, state => state["state"]!.GetValue<string>() == "retrying");
            await second.KillAsync();
        }
        receiver.Start();
        await using var third = await ServiceProcess.StartAsync(folder["data"]);
        using var last = third.Bearer(key);
        var end = await SinkWhenAsync(last, sink, state => state["lag_events"]!.GetValue<long>() == 0);
        Assert.Equal((Events, 0), (end["accepted"]!.GetValue<long>(), end["rejected"]!.GetValue<long>()));
        var taken = receiver.Taken;
        Assert.Equal(Enumerable.Range(0, Events).Select(number => $"e-{number}"), taken.DistinctBy(one => one.Sequence).Select(one => one.Id));
        Assert.Equal(taken.Select(one => one.Sequence).Distinct().Order(), taken.Select(one => one.Sequence).Distinct());
    }

    private static async Task<string> MakeSinkAsync(HttpClient client, string url)
    {
        var body = new JsonObject { ["name"] = "receiver", ["type"] = "webhook", ["filter"] = "resource_type=router", ["batch_events"] = 20, ["settings"] = new JsonObject { ["url"] = url } };
        using var answer = await client.PostAsync("/audit/v1/sinks", Api.Json(body.ToJsonString()), Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }

    private static async Task AppendAsync(HttpClient client, int first, int count)
    {
        var lines = string.Join('\n', Enumerable.Range(first, count).Select(number => Api.Event($"e-{number}")));
        using var content = Api.Json(lines, "application/x-ndjson");
        using var answer = await client.PostAsync("/audit/v1/events", content, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<JsonObject> SinkWhenAsync(HttpClient client, string sink, Func<JsonObject, bool> isWanted)
    {
        while (true)
        {
            var state = await client.JsonAsync($"/audit/v1/sinks/{sink}");
            if (isWanted(state)) return state;
            await Task.Delay(50, Cancellation);
        }
    }

    /// <summary>Takes some batches, refuses some, is slow with some, and breaks off others, before or after it took them.</summary>
    private sealed class FaultyReceiver : IDisposable
    {
        private readonly Random _random;
        private readonly int _port = FreePort();
        private readonly List<(long Sequence, string Id)> _taken = [];
        private TcpListener? _listener;

        public FaultyReceiver(Random random) => _random = random;

        public string Url => $"http://127.0.0.1:{_port}/";

        /// <summary>In the order in which it took them.</summary>
        public IReadOnlyList<(long Sequence, string Id)> Taken
        {
            get
            {
                lock (_taken) return [.. _taken];
            }
        }

        public void Start()
        {
            var listener = _listener = new TcpListener(IPAddress.Loopback, _port);
            listener.Start();
            _ = Task.Run(() => RunAsync(listener));
        }

        public void Stop()
        {
            _listener?.Stop();
            _listener = null;
        }

        public async Task WaitAsync(int events)
        {
            while (Taken.DistinctBy(one => one.Sequence).Count() < events) await Task.Delay(20, Cancellation);
        }

        public void Dispose() => Stop();

        /// <summary>One request for each connection, and an answer only when it means one.</summary>
        private async Task RunAsync(TcpListener listener)
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync(Cancellation);
                    await AnswerAsync(client.GetStream());
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException or IOException)
            {
                // It was stopped, or the service was killed amid a request: the test starts it again when it is to go on.
                if (exception is IOException && _listener == listener) await RunAsync(listener);
            }
        }

        private async Task AnswerAsync(NetworkStream stream)
        {
            var body = await BodyAsync(stream);
            if (body.Length == 0) return;
            using var events = JsonDocument.Parse(body);
            var (mood, answer) = (_random.Next(6), "200 OK");
            if (mood == 0) answer = "500 Broken";
            else if (mood == 1) answer = "429 Busy\r\nRetry-After: 1";
            else
            {
                lock (_taken) _taken.AddRange(events.RootElement.EnumerateArray().Select(one => (one.GetProperty("sequence").GetInt64(), one.GetProperty("id").GetString()!)));
            }
            if (mood == 2) await Task.Delay(100, Cancellation);
            // It has them, and nobody will know.
            if (mood == 3) return;
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), Cancellation);
        }

        /// <returns>Empty when the connection ended before the whole of it came.</returns>
        private static async Task<byte[]> BodyAsync(NetworkStream stream)
        {
            var (bytes, buffer) = (new List<byte>(), new byte[16 * 1024]);
            while (true)
            {
                var length = await stream.ReadAsync(buffer, Cancellation);
                if (length == 0) return [];
                bytes.AddRange(buffer.AsSpan(0, length));
                var text = Encoding.Latin1.GetString([.. bytes]);
                var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                if (head < 0) continue;
                var size = int.Parse(text[..head].Split("\r\n").First(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
                if (bytes.Count >= head + 4 + size) return [.. bytes.Skip(head + 4).Take(size)];
            }
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
