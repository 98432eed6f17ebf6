namespace Domesday.Proxy.Tests.Passing;

/// <summary>What is allocated is counted for the whole process, so nothing else runs beside this.</summary>
[CollectionDefinition(nameof(LongBodyTests), DisableParallelization = true)]
[Collection(nameof(LongBodyTests))]
public sealed class LongBodyTests
{
    [Fact]
    public async Task A_body_of_any_length_passes_in_memory_that_does_not_grow()
    {
        await using var proxy = await ProxyFixture.StartAsync(service: false, policy: new() { Level = Events.CaptureLevel.Request, BodyBytesMax = 1_000 });
        const long length = 256L * 1024 * 1024;
        using var client = await proxy.ClientAsync();
        await client.SendAsync($"PUT /tar HTTP/1.1\r\nHost: d\r\nContent-Length: {length}\r\n\r\n");
        using var upstream = await proxy.UpstreamAsync();
        var before = GC.GetTotalAllocatedBytes();
        var sending = Task.Run(async () =>
        {
            var block = new byte[1024 * 1024];
            for (var sent = 0L; sent < length; sent += block.Length) await client.SendAsync(block);
        }, TestContext.Current.CancellationToken);
        var buffer = new byte[1024 * 1024];
        for (var got = -57L; got < length;) got += await upstream.ReadSomeAsync(buffer);
        await sending;
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await client.ReadAsync(38);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, length / 4);
    }
}
