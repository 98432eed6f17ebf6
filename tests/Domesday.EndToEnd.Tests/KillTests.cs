using System.Collections.Concurrent;
using System.Net;

namespace Domesday.EndToEnd.Tests;

/// <summary>The service dies without a warning, again and again, while many write.</summary>
public sealed class KillTests
{
    private const int Kills = 50;
    private const int Writers = 64;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_fifty_times_amid_64_writers_it_has_every_acknowledged_event_exactly_once()
    {
        using var folder = new TestFolder();
        var random = new Random(64);
        var acknowledged = new ConcurrentDictionary<string, bool>();
        var key = "";
        var next = new int[Writers];
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var service = await ServiceProcess.StartAsync(folder["data"]);
            if (kill == 0)
            {
                using var admin = service.Admin();
                key = await admin.KeyAsync("read", "write");
            }
            using var client = service.Bearer(key);
            var enough = acknowledged.Count + random.Next(1, 600);
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(client, writer, next, id =>
            {
                acknowledged[id] = true;
                if (acknowledged.Count >= enough) reached.TrySetResult();
            })).ToList();
            await await Task.WhenAny(reached.Task, Task.WhenAll(writers));
            await service.KillAsync();
            await Task.WhenAll(writers);
        }
        Assert.True(acknowledged.Count > Kills * 50, $"only {acknowledged.Count} acknowledged");
        await CheckAsync(folder["data"], key, acknowledged.Keys);
    }

    /// <summary>Sends one event after the other until the service is gone. What was not acknowledged is sent again to the next process, under its id.</summary>
    private static async Task WriteAsync(HttpClient client, int writer, int[] next, Action<string> acknowledge)
    {
        try
        {
            for (; ; next[writer]++)
            {
                var id = $"w{writer}-{next[writer]}";
                Assert.Equal(HttpStatusCode.OK, await client.SendAsync(id, Cancellation));
                acknowledge(id);
            }
        }
        catch (HttpRequestException)
        {
            // The service was killed.
        }
    }

    private static async Task CheckAsync(string data, string key, IEnumerable<string> acknowledged)
    {
        await using var service = await ServiceProcess.StartAsync(data);
        using var client = service.Bearer(key);
        var ids = await client.IdsAsync();
        Assert.Distinct(ids);
        Assert.Empty(acknowledged.Except(ids));
        var (size, root) = await client.CheckpointAsync(ids.Count);
        Assert.Equal(root, (await TileRoot.ComputeAsync(client, size)).Root);
    }
}
