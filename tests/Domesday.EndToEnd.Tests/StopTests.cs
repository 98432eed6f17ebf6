using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace Domesday.EndToEnd.Tests;

public sealed class StopTests
{
    private const int Writers = 64;

    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Asked_to_stop_under_load_it_ends_within_ten_seconds_and_loses_nothing()
    {
        using var folder = new TestFolder();
        var acknowledged = new ConcurrentBag<string>();
        string key;
        await using (var service = await ServiceProcess.StartAsync(folder["data"]))
        {
            using var admin = service.Admin();
            key = await admin.KeyAsync("read", "write");
            using var client = service.Bearer(key);
            // A tail and an export that nobody reads must not hold it up.
            using var tail = await client.GetAsync("/audit/v1/tail", HttpCompletionOption.ResponseHeadersRead, Cancellation);
            var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(client, writer, acknowledged)).ToList();
            while (acknowledged.Count < 2_000) await Task.Delay(10, Cancellation);
            var clock = Stopwatch.StartNew();
            Assert.Equal(0, await service.StopAsync());
            Assert.True(clock.Elapsed < StopMax, $"{clock.Elapsed}");
            await Task.WhenAll(writers);
        }
        await using var again = await ServiceProcess.StartAsync(folder["data"]);
        using var reader = again.Bearer(key);
        var ids = await reader.IdsAsync();
        Assert.Distinct(ids);
        Assert.Empty(acknowledged.Except(ids));
    }

    private static async Task WriteAsync(HttpClient client, int writer, ConcurrentBag<string> acknowledged)
    {
        try
        {
            for (var number = 0; ; number++)
            {
                var id = $"w{writer}-{number}";
                if (await client.SendAsync(id, Cancellation) == HttpStatusCode.OK) acknowledged.Add(id);
            }
        }
        catch (HttpRequestException)
        {
            // It takes no further connections.
        }
    }
}
