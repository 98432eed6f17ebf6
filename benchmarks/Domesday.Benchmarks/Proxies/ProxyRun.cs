using System.Diagnostics;
using System.Text;
using Domesday.Benchmarks.Ledger;
using Domesday.Benchmarks.Load;

namespace Domesday.Benchmarks.Proxies;

/// <summary>What the proxy costs: bare upstream, a proxy that captures nothing, and one at level metadata, in turn, so that what else the machine does meets all alike.</summary>
public sealed class ProxyRun(string folder, Report report)
{
    private const int Rounds = 3;
    private const int Connections = 16;

    private static readonly TimeSpan AloneFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TogetherFor = TimeSpan.FromSeconds(1.5);
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
            using var silent = await ProxyProcess.StartAsync(upstream.Address, "none", Path.Combine(folder, "none"), server.Address, server.Key);
            using var capturing = await ProxyProcess.StartAsync(upstream.Address, "metadata", Path.Combine(folder, "metadata"), server.Address, server.Key);
            Uri[] targets = [upstream.Address, silent.Address, capturing.Address];
            report.Header("", "bare upstream", "proxy, level none", "proxy, level metadata", "capturing adds", "asked");
            foreach (var target in targets) await TogetherAsync(target, Change, Body);
            await AloneAsync("reading, 1 connection, ms p50 / p99", targets, Read, default);
            await AloneAsync("changing, 1 connection, ms p50 / p99", targets, Change, Body);
            await TogetherAsync($"reading, {Connections} connections, requests/s", targets, Read, default);
            await TogetherAsync($"changing, {Connections} connections, requests/s", targets, Change, Body);
            report.End();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task AloneAsync(string name, Uri[] targets, byte[] head, ReadOnlyMemory<byte> body)
    {
        var times = targets.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < targets.Length; i++)
            {
                using var connection = new RawConnection(targets[i]);
                await connection.PostAsync(head, body);
                for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < AloneFor;)
                {
                    var sent = Stopwatch.GetTimestamp();
                    await connection.PostAsync(head, body);
                    times[i].Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                }
            }
        }
        var measured = times.Select(one => new Measured(one)).ToArray();
        report.Row(name, $"{measured[0]}", $"{measured[1]}", $"{measured[2]}", $"{Measured.Text(measured[2].P50 - measured[1].P50)} ms at the median", "0.3 ms");
    }

    private async Task TogetherAsync(string name, Uri[] targets, byte[] head, ReadOnlyMemory<byte> body)
    {
        var rates = targets.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < targets.Length; i++) rates[i].Add(await TogetherAsync(targets[i], head, body));
        }
        var medians = rates.Select(one => one.Order().ElementAt(Rounds / 2)).ToArray();
        report.Row(name, Report.Number(medians[0]), Report.Number(medians[1]), Report.Number(medians[2]), $"{100 * (1 - medians[2] / medians[1]):0} % fewer", "15 %");
    }

    private static async Task<double> TogetherAsync(Uri target, byte[] head, ReadOnlyMemory<byte> body)
    {
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            using var connection = new RawConnection(target);
            var count = 0;
            for (; Stopwatch.GetElapsedTime(started) < TogetherFor; count++) await connection.PostAsync(head, body);
            return count;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
