using System.Net;

namespace Domesday.EndToEnd.Tests;

/// <summary>Disks that fail or are full: nothing is promised that was not kept, reading goes on, and the service recovers by itself.</summary>
public sealed class DiskFaultTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("fsync,fdatasync:error=EIO")]
    [InlineData("pwrite64:error=ENOSPC")]
    public async Task While_the_disk_fails_nothing_is_acknowledged_and_afterwards_the_service_goes_on(string fault)
    {
        using var folder = new TestFolder();
        var acknowledged = new List<string>();
        await using (var service = await ServiceProcess.StartAsync(folder["data"]))
        {
            using var client = service.Admin();
            await SendAsync(client, acknowledged, "before", 10, HttpStatusCode.OK);
            await using (await FailingCalls.BeginAsync(service.Id, fault))
            {
                await SendAsync(client, acknowledged, "during", 5, HttpStatusCode.ServiceUnavailable);
                Assert.Equal(10, (await client.IdsAsync()).Count);
                await client.GetAsync("/readyz", HttpStatusCode.ServiceUnavailable);
            }
            await RecoveredAsync(client, acknowledged);
            await SendAsync(client, acknowledged, "after", 10, HttpStatusCode.OK);
            Assert.Empty(acknowledged.Except(await client.IdsAsync()));
            await service.KillAsync();
        }
        await using var again = await ServiceProcess.StartAsync(folder["data"]);
        using var reader = again.Admin();
        var ids = await reader.IdsAsync();
        Assert.Distinct(ids);
        Assert.Empty(acknowledged.Except(ids));
    }

    [Fact]
    public async Task On_a_full_disk_new_events_are_refused_queries_answered_and_room_is_enough_to_go_on()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["disk"]);
        var mounted = await Command.RunAsync("mount", ["-t", "tmpfs", "-o", "size=320m", "tmpfs", folder["disk"]]);
        Assert.SkipUnless(mounted.ExitCode == 0, "mount is not permitted: " + mounted.Errors.Trim());
        try
        {
            await using var service = await ServiceProcess.StartAsync(folder["disk/data"]);
            using var client = service.Admin();
            var acknowledged = new List<string>();
            await SendAsync(client, acknowledged, "before", 10, HttpStatusCode.OK);
            Fill(folder["disk/filler"]);
            // The free room is looked at once a second.
            HttpStatusCode status;
            for (var i = 0; (status = await client.SendAsync($"filling-{i}", Cancellation)) == HttpStatusCode.OK; i++) acknowledged.Add($"filling-{i}");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Empty(acknowledged.Except(await client.IdsAsync()));
            Assert.Matches("free on the disk|no room on the disk", (await client.GetAsync("/readyz", HttpStatusCode.ServiceUnavailable))["detail"]!.GetValue<string>());
            File.Delete(folder["disk/filler"]);
            await RecoveredAsync(client, acknowledged);
            await SendAsync(client, acknowledged, "after", 10, HttpStatusCode.OK);
            Assert.Empty(acknowledged.Except(await client.IdsAsync()));
        }
        finally
        {
            await Command.RunAsync("umount", ["-l", folder["disk"]]);
        }
    }

    private static async Task SendAsync(HttpClient client, List<string> acknowledged, string prefix, int count, HttpStatusCode expected)
    {
        for (var i = 0; i < count; i++)
        {
            var id = $"{prefix}-{i}";
            Assert.Equal(expected, await client.SendAsync(id, Cancellation));
            if (expected == HttpStatusCode.OK) acknowledged.Add(id);
        }
    }

    /// <summary>Repeats one event until it is taken, as a producer does.</summary>
    private static async Task RecoveredAsync(HttpClient client, List<string> acknowledged)
    {
        while (await client.SendAsync("repeated", Cancellation) is var status && status != HttpStatusCode.OK)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            await Task.Delay(100, Cancellation);
        }
        acknowledged.Add("repeated");
        using var ready = await client.GetAsync("/readyz", Cancellation);
        Assert.True(ready.IsSuccessStatusCode);
    }

    private static void Fill(string file)
    {
        using var filler = new FileStream(file, FileMode.CreateNew);
        var zeros = new byte[1024 * 1024];
        try
        {
            while (true) filler.Write(zeros);
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
