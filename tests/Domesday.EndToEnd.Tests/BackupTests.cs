using System.Net;

namespace Domesday.EndToEnd.Tests;

/// <summary><c>domesday backup</c> and <c>domesday restore</c>, as typed.</summary>
public sealed class BackupTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_restored_from_a_backup_has_the_events_the_key_and_the_users()
    {
        using var folder = new TestFolder();
        string key, signer;
        await using (var service = await ServiceProcess.StartAsync(folder["data"]))
        {
            using var admin = service.Admin();
            key = await admin.KeyAsync("read", "write");
            for (var i = 0; i < 100; i++) Assert.Equal(HttpStatusCode.OK, await admin.SendAsync($"e{i}", Cancellation));
            await admin.CheckpointAsync(100);
            signer = await admin.GetStringAsync("/audit/v1/log/key", Cancellation);
            var made = await BackupAsync(service, folder["backup.tar"]);
            Assert.True(made.ExitCode == 0, made.Errors);
            Assert.Equal(1, (await BackupAsync(service, folder["backup.tar"])).ExitCode);
        }
        Assert.Equal("600", (await Command.RunAsync("stat", ["-c", "%a", folder["backup.tar"]])).Output.Trim());
        Assert.EndsWith("complete", (await Command.RunAsync("tar", ["-tf", folder["backup.tar"]])).Output.TrimEnd(), StringComparison.Ordinal);
        var restored = await Command.DomesdayAsync("restore", folder["backup.tar"], "--data", folder["restored"]);
        Assert.True(restored.ExitCode == 0, restored.Errors);
        await using var second = await ServiceProcess.StartAsync(folder["restored"]);
        using var client = second.Bearer(key);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"e{i}"), await client.IdsAsync());
        Assert.Equal(signer, await client.GetStringAsync("/audit/v1/log/key", Cancellation));
        var (size, root) = await client.CheckpointAsync(100);
        Assert.Equal(root, (await TileRoot.ComputeAsync(client, size)).Root);
    }

    [Fact]
    public async Task A_backup_that_was_cut_and_a_folder_that_is_in_use_are_refused()
    {
        using var folder = new TestFolder();
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        Assert.Equal(0, (await BackupAsync(service, folder["backup.tar"])).ExitCode);
        var inUse = await Command.DomesdayAsync("restore", folder["backup.tar"], "--data", folder["data"]);
        Assert.Equal(1, inUse.ExitCode);
        Assert.Contains("is not empty", inUse.Errors, StringComparison.Ordinal);
        var bytes = await File.ReadAllBytesAsync(folder["backup.tar"], Cancellation);
        await File.WriteAllBytesAsync(folder["cut.tar"], bytes[..(bytes.Length - 3_000)], Cancellation);
        var cut = await Command.DomesdayAsync("restore", folder["cut.tar"], "--data", folder["restored"]);
        Assert.Equal(1, cut.ExitCode);
        Assert.Contains("cut off", cut.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["restored"]));
        Assert.Equal(["backup.tar", "cut.tar", "data"], Directory.GetFileSystemEntries(folder["."]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_backup_without_the_right_credential_leaves_no_file()
    {
        using var folder = new TestFolder();
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        using var admin = service.Admin();
        var key = await admin.KeyAsync("admin");
        var refused = await Command.DomesdayAsync("backup", folder["backup.tar"], "--server", service.Url.ToString(), "--key", key);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("those who run the service", refused.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder["."]));
    }

    private static Task<Command> BackupAsync(ServiceProcess service, string file) => Command.RunAsync(Command.Domesday, ["backup", file],
        new Dictionary<string, string> { ["DOMESDAY_SERVER"] = service.Url.ToString(), ["DOMESDAY_USER"] = "admin", ["DOMESDAY_PASSWORD"] = ServiceProcess.Password });
}
