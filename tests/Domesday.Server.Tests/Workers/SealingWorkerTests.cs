using Domesday.Server.Tests.Api;
using Domesday.Server.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Server.Tests.Workers;

public sealed class SealingWorkerTests
{
    [Fact]
    public async Task Events_are_sealed_as_they_arrive_and_once_more_at_the_end()
    {
        await using var service = await LogService.StartAsync();
        using var worker = new SealingWorker(service.Sealer, TimeProvider.System, NullLogger<SealingWorker>.Instance);
        await worker.StartAsync(TestContext.Current.CancellationToken);
        for (var size = 100; size <= 300; size += 100)
        {
            await service.AppendAsync("acme", 100);
            while (!(service.Sealer.HeadOf("acme") is { IsOk: true, Value.Size: var covered } && covered == size)) await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        await service.AppendAsync("acme", 7);
        await worker.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(307, service.Sealer.HeadOf("acme").Value.Size);
    }
}
