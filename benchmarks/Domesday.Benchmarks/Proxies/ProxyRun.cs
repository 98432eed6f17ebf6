using System.Diagnostics;
using System.Text;
using Domesday.Benchmarks.Ledger;
using Domesday.Benchmarks.Load;

namespace Domesday.Benchmarks.Proxies;

/// <summary>What the proxy costs: bare upstream, a proxy that captures nothing, and three at level metadata, in turn, so that what else the machine does meets all alike.</summary>
/// <remarks>
/// Client, upstream, proxies and service share the machine. With the service away the events stay in the spool, and what is left is the cost of capturing; beside it the service
/// takes them on the same cores. Each round ends when the service has all, and the processor time is counted until then; nobody's round pays for another's.
/// </remarks>
public sealed class ProxyRun(string folder, Report report)
{
    private const int Rounds = 3;
    private const int WarmRounds = 3;
    private const int Connections = 16;

    private static readonly TimeSpan AloneFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TogetherFor = TimeSpan.FromSeconds(1.5);
    private const string Open = """{"level":"metadata"}""";
    private const string Closed = """{"level":"metadata","rules":[{"level":"metadata","fail":"closed"}]}""";

    /// <summary>Nobody listens there.</summary>
    private static readonly Uri Nobody = new("http://127.0.0.1:9");

    private static readonly byte[] Body = "{\"Name\":\"web\",\"Labels\":{\"a\":\"b\"}}"u8.ToArray();
    private static readonly byte[] Read = Encoding.ASCII.GetBytes("GET /v1.41/services/web?insertDefaults=false HTTP/1.1\r\nHost: bench\r\nUser-Agent: Docker-Client/28\r\n\r\n");

    private static readonly byte[] Change = Encoding.ASCII.GetBytes(
        $"POST /v1.41/services/web/update?version=12 HTTP/1.1\r\nHost: bench\r\nUser-Agent: Docker-Client/28\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n");

    public async Task RunAsync()
    {
        Directory.CreateDirectory(folder);
        try
        {
            using var server = await DomesdayServer.StartAsync(Path.Combine(folder, "data"));
            using var upstream = new PlainUpstream();
            using var silent = await ProxyProcess.StartAsync(upstream.Address, """{"level":"none"}""", Path.Combine(folder, "none"), server.Address, server.Key);
            using var spooling = await ProxyProcess.StartAsync(upstream.Address, Open, Path.Combine(folder, "spooling"), Nobody, server.Key);
            using var capturing = await ProxyProcess.StartAsync(upstream.Address, Open, Path.Combine(folder, "open"), server.Address, server.Key);
            using var closed = await ProxyProcess.StartAsync(upstream.Address, Closed, Path.Combine(folder, "closed"), server.Address, server.Key);
            Target[] targets = [new(upstream.Address), new(silent.Address, silent), new(spooling.Address, spooling), new(capturing.Address, capturing, server), new(closed.Address, closed, server)];
            report.Header("", "bare upstream", "proxy, level none", "level metadata, service away", "level metadata", "level metadata, fail closed", "metadata adds", "asked");
            // A proxy runs for weeks: what compiling costs in its first seconds is no part of a request's cost, and compiling goes on behind the load.
            for (var round = 0; round < WarmRounds; round++)
            {
                foreach (var target in targets)
                {
                    await TogetherAsync(target.Address, Change, Body);
                    await TogetherAsync(target.Address, Read, default);
                    await target.DrainAsync();
                }
            }
            await AloneAsync("reading, 1 connection, ms p50 / p99", targets, Read, default);
            await AloneAsync("changing, 1 connection, ms p50 / p99", targets, Change, Body);
            await TogetherAsync("reading", targets, Read, default);
            await TogetherAsync("changing", targets, Change, Body);
            report.End();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task AloneAsync(string name, Target[] targets, byte[] head, ReadOnlyMemory<byte> body)
    {
        var times = targets.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < targets.Length; i++)
            {
                using var connection = new RawConnection(targets[i].Address);
                await connection.PostAsync(head, body);
                for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < AloneFor;)
                {
                    var sent = Stopwatch.GetTimestamp();
                    await connection.PostAsync(head, body);
                    times[i].Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                }
                await targets[i].DrainAsync();
            }
        }
        var measured = times.Select(one => new Measured(one)).ToArray();
        report.Row(name, $"{measured[0]}", $"{measured[1]}", $"{measured[2]}", $"{measured[3]}", $"{measured[4]}", $"{Measured.Text(measured[3].P50 - measured[1].P50)} ms at the median", "0.3 ms");
    }

    private async Task TogetherAsync(string name, Target[] targets, byte[] head, ReadOnlyMemory<byte> body)
    {
        var rates = targets.Select(_ => new List<double>()).ToArray();
        var proxies = targets.Select(_ => new List<double>()).ToArray();
        var services = targets.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < targets.Length; i++)
            {
                var (proxy, service) = targets[i].ProcessorSeconds();
                var (requests, seconds) = await TogetherAsync(targets[i].Address, head, body);
                await targets[i].DrainAsync();
                var (proxyNow, serviceNow) = targets[i].ProcessorSeconds();
                rates[i].Add(requests / seconds);
                proxies[i].Add((proxyNow - proxy) * 1e6 / requests);
                services[i].Add((serviceNow - service) * 1e6 / requests);
            }
        }
        var rate = rates.Select(Median).ToArray();
        report.Row([$"{name}, {Connections} connections, requests/s", .. rate.Select(Report.Number), $"{100 * (1 - rate[3] / rate[1]):0} % fewer ({100 * (1 - rate[2] / rate[1]):0} % with the service away)", "15 %"]);
        Processor($"{name}, processor µs a request: the proxy", proxies);
        Processor($"{name}, processor µs a request: the service", services);
    }

    private void Processor(string name, List<double>[] used)
    {
        var medians = used.Select(Median).ToArray();
        report.Row([name, .. medians.Select((one, i) => i == 0 || one == 0 ? "" : Report.Number(one)), Report.Number(medians[3] - medians[1]) + " µs", ""]);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task<(int Requests, double Seconds)> TogetherAsync(Uri target, byte[] head, ReadOnlyMemory<byte> body)
    {
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            using var connection = new RawConnection(target);
            var count = 0;
            for (; Stopwatch.GetElapsedTime(started) < TogetherFor; count++) await connection.PostAsync(head, body);
            return count;
        })));
        return (counts.Sum(), Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <param name="Service">That takes the proxy's events; null: none.</param>
    private sealed record Target(Uri Address, ProxyProcess? Proxy = null, DomesdayServer? Service = null)
    {
        public Task DrainAsync() => Service is null ? Task.CompletedTask : Proxy!.DrainAsync();

        public (double Proxy, double Service) ProcessorSeconds() =>
            (Proxy is null ? 0 : ProcessFigures.ProcessorSeconds(Proxy.ProcessId), Service is null ? 0 : ProcessFigures.ProcessorSeconds(Service.ProcessId));
    }
}
