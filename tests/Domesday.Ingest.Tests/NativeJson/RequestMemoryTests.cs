using System.Text;
using Domesday.Http.PlugIns;

namespace Domesday.Ingest.Tests.NativeJson;

/// <summary>The bound holds for the whole process, so nothing else runs beside this.</summary>
[CollectionDefinition(nameof(RequestMemoryTests), DisableParallelization = true)]
[Collection(nameof(RequestMemoryTests))]
public class RequestMemoryTests
{
    private const string Path = "/audit/v1/events";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ByteArrayContent Body(byte[] bytes) => new(bytes) { Headers = { ContentType = new("application/x-ndjson") } };

    [Fact]
    public async Task Senders_wait_their_turn_when_their_bodies_together_take_too_much_memory()
    {
        StoreInBetween? gate = null;
        await using var host = await IngestHost.StartAsync(new BatchLimits(48 * 1024 * 1024, 100_000), store => gate = new StoreInBetween(store) { Gate = new(TaskCreationOptions.RunContinuationsAsynchronously) });
        var large = Encoding.UTF8.GetBytes("{\"action\":\"create\"}\n" + new string(' ', 40 * 1024 * 1024));
        var waiting = Enumerable.Range(0, 8).Select(_ => host.Client.PostAsync(Path, Body(large), Cancellation)).ToList();
        var first = await Task.WhenAny(waiting);
        Assert.Equal((503, "1"), ((int)(await first).StatusCode, (await first).Headers.RetryAfter?.ToString()));
        gate!.Gate!.SetResult();
        var statuses = (await Task.WhenAll(waiting)).Select(response => (int)response.StatusCode).ToList();
        Assert.All(statuses, status => Assert.True(status is 200 or 503));
        Assert.Contains(200, statuses);
        Assert.Equal(200, (await host.PostAsync(Path, Body(large))).Status);
    }
}
