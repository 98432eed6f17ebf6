using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Domesday.Client.Backup;
using Domesday.Events.Merkle;

namespace Domesday.Server.Tests.Backup;

/// <summary>A copy of a service that runs, and the service that is made from it.</summary>
public sealed class BackupTests
{
    private const int Writers = 8;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_made_while_eight_writers_write_restores_everything_acknowledged_before_it_began()
    {
        using var folder = new TestFolder();
        var acknowledged = new ConcurrentDictionary<string, bool>();
        string[] before;
        string key;
        await using (var service = await EmbeddedService.StartAsync(folder["data"]))
        {
            key = await service.Admin.GetStringAsync("/audit/v1/log/key", Cancellation);
            using var stop = new CancellationTokenSource();
            var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(service, writer, acknowledged, stop.Token)).ToList();
            await UntilAsync(() => acknowledged.Count > 3_000 && Directory.GetFiles(folder["data/store/segments"]).Length > 2);
            before = [.. acknowledged.Keys];
            await using (var file = File.Create(folder["backup.tar"])) await (await service.Admin.GetStreamAsync("/audit/v1/backup", Cancellation)).CopyToAsync(file, Cancellation);
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }
        await using (var file = File.OpenRead(folder["backup.tar"])) Assert.Null((await BackupArchive.RestoreAsync(file, folder["restored"], null, Cancellation)).Refusal);
        await using var restored = await EmbeddedService.StartAsync(folder["restored"]);
        var ids = await restored.IdsAsync();
        Assert.Distinct(ids);
        Assert.Empty(before.Except(ids));
        Assert.Equal(key, await restored.Admin.GetStringAsync("/audit/v1/log/key", Cancellation));
        await VerifyAsync(restored, key, ids.Count);
        await restored.AppendAsync(["after"]);
        Assert.Equal(ids.Count + 1, (await restored.IdsAsync()).Count);
    }

    [Fact]
    public async Task Signed_checkpoints_of_a_backup_vouch_for_no_more_than_the_backup_holds()
    {
        using var folder = new TestFolder();
        await using (var service = await EmbeddedService.StartAsync(folder["data"]))
        {
            using var stop = new CancellationTokenSource();
            var acknowledged = new ConcurrentDictionary<string, bool>();
            var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(service, writer, acknowledged, stop.Token)).ToList();
            await UntilAsync(() => !acknowledged.IsEmpty && File.Exists(folder["data/checkpoints"]));
            for (var i = 0; i < 5; i++) await File.WriteAllBytesAsync(folder[$"{i}.tar"], await service.BackupAsync(), Cancellation);
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }
        for (var i = 0; i < 5; i++)
        {
            await using (var file = File.OpenRead(folder[$"{i}.tar"])) Assert.Null((await BackupArchive.RestoreAsync(file, folder[$"{i}"], null, Cancellation)).Refusal);
            Assert.True(File.Exists(folder[$"{i}/checkpoints"]));
            await using var restored = await EmbeddedService.StartAsync(folder[$"{i}"]);
            await VerifyAsync(restored, await restored.Admin.GetStringAsync("/audit/v1/log/key", Cancellation), 1);
        }
    }

    [Fact]
    public async Task A_backup_of_a_service_that_has_no_event_yet_restores()
    {
        using var folder = new TestFolder();
        await using (var service = await EmbeddedService.StartAsync(folder["data"])) await File.WriteAllBytesAsync(folder["backup.tar"], await service.BackupAsync(), Cancellation);
        await using (var file = File.OpenRead(folder["backup.tar"])) Assert.Null((await BackupArchive.RestoreAsync(file, folder["restored"], null, Cancellation)).Refusal);
        await using var restored = await EmbeddedService.StartAsync(folder["restored"]);
        Assert.Empty(await restored.IdsAsync());
    }

    [Fact]
    public async Task Restored_files_are_their_owners_alone()
    {
        using var folder = new TestFolder();
        await using (var service = await EmbeddedService.StartAsync(folder["data"])) await File.WriteAllBytesAsync(folder["backup.tar"], await service.BackupAsync(), Cancellation);
        await using (var file = File.OpenRead(folder["backup.tar"])) await BackupArchive.RestoreAsync(file, folder["restored"], null, Cancellation);
        foreach (var path in Directory.EnumerateFileSystemEntries(folder["restored"], "*", SearchOption.AllDirectories).Append(folder["restored"]))
        {
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        }
        Assert.True(File.Exists(folder["restored/keys/signing.key"]));
    }

    [Fact]
    public async Task A_backup_that_fails_midway_is_cut_so_it_never_looks_complete()
    {
        using var folder = new TestFolder();
        await using var service = await EmbeddedService.StartAsync(folder["data"], store => new UnreadableCopies(store));
        await service.AppendAsync(Enumerable.Range(0, 50).Select(i => $"e{i}"));
        await Assert.ThrowsAnyAsync<HttpRequestException>(service.BackupAsync);
        Assert.Equal(50, (await service.IdsAsync()).Count);
    }

    [Fact]
    public async Task Only_a_system_administrator_takes_a_backup_and_it_is_recorded()
    {
        using var folder = new TestFolder();
        await using var service = await EmbeddedService.StartAsync(folder["data"]);
        foreach (var key in (string[])[await service.KeyAsync("default", "admin"), await service.KeyAsync("system", "read"), await service.KeyAsync("system", "monitor")])
        {
            using var refused = await service.Bearer(key).GetAsync("/audit/v1/backup", Cancellation);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        using var allowed = await service.Bearer(await service.KeyAsync("system", "admin")).GetAsync("/audit/v1/backup", Cancellation);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        var recorded = new JsonArray();
        while (recorded.Count == 0) recorded = (await TestService.GetAsync(service.Admin, "/audit/v1/events?tenant=system&action=export&operation=backup"))["events"]!.AsArray();
        Assert.Equal("application", Assert.Single(recorded)!["actor"]!["type"]!.GetValue<string>());
    }

    private static async Task WriteAsync(EmbeddedService service, int writer, ConcurrentDictionary<string, bool> acknowledged, CancellationToken stop)
    {
        for (var batch = 0; !stop.IsCancellationRequested; batch++)
        {
            string[] ids = [.. Enumerable.Range(0, 20).Select(i => $"w{writer}-{batch}-{i}")];
            await service.AppendAsync(ids);
            foreach (var id in ids) acknowledged[id] = true;
        }
    }

    /// <summary>Waits until every event is covered by a checkpoint that the key signed and the service stands by.</summary>
    private static async Task VerifyAsync(EmbeddedService service, string key, long sizeMin)
    {
        Assert.True(NoteKey.TryParse(key.TrimEnd('\n'), out var verifier));
        SignedNote? note = null;
        while (note is null || !Checkpoint.TryParse(note.Text, out var checkpoint) || checkpoint.Size < sizeMin)
        {
            using var ready = await service.Admin.GetAsync("/readyz", Cancellation);
            Assert.True(ready.IsSuccessStatusCode, await ready.Content.ReadAsStringAsync(Cancellation));
            using var response = await service.Admin.GetAsync("/audit/v1/log/checkpoint", Cancellation);
            _ = SignedNote.TryParse(await response.Content.ReadAsStringAsync(Cancellation), out note);
            await Task.Delay(20, Cancellation);
        }
        Assert.True(verifier.Verifies(note));
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo()) await Task.Delay(5, Cancellation);
    }
}
