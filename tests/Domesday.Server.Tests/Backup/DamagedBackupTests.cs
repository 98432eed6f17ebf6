using System.Formats.Tar;
using System.Text;
using Domesday.Client.Backup;
using Domesday.Events;
using Domesday.Events.Backup;

namespace Domesday.Server.Tests.Backup;

/// <summary>Backups that were cut, changed or made by somebody else.</summary>
public sealed class DamagedBackupTests
{
    private const int Flips = 400;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_that_was_cut_anywhere_is_refused_and_leaves_nothing_behind()
    {
        using var folder = new TestFolder();
        var backup = await BackupAsync(folder);
        var end = EndOf(backup);
        var lengths = Enumerable.Range(0, 200).Select(i => (int)((long)end * i / 200)).Concat([end - 1, end - 511, end - 512, end - 513, end - 1024]);
        foreach (var length in lengths) await RefusedAsync(folder, backup[..length], $"cut to {length} of {backup.Length}");
    }

    [Fact]
    public async Task A_backup_with_a_flipped_bit_is_refused_or_restores_the_very_same_files()
    {
        using var folder = new TestFolder();
        var backup = await BackupAsync(folder);
        var original = await ContentsAsync(backup, folder["original"]);
        var random = new Random(17);
        var refused = 0;
        for (var flip = 0; flip < Flips; flip++)
        {
            var changed = (byte[])backup.Clone();
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            var report = await BackupArchive.RestoreAsync(new MemoryStream(changed), folder["restored"], null, Cancellation);
            if (report.IsGood) Assert.Equal(original, Contents(folder["restored"]));
            else refused++;
            if (Directory.Exists(folder["restored"])) Directory.Delete(folder["restored"], recursive: true);
        }
        Assert.True(refused > Flips / 2, $"only {refused} refused");
    }

    [Fact]
    public async Task A_bit_flipped_in_any_file_is_refused()
    {
        using var folder = new TestFolder();
        var backup = await BackupAsync(folder);
        using var tar = new TarReader(new MemoryStream(backup));
        var tried = 0;
        while (await tar.GetNextEntryAsync(cancellationToken: Cancellation) is { } entry)
        {
            if (entry.Length == 0) continue;
            var changed = (byte[])backup.Clone();
            changed[entry.DataOffset + entry.Length / 2] ^= 4;
            await RefusedAsync(folder, changed, entry.Name);
            tried++;
        }
        Assert.True(tried >= 4);
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("/evil")]
    [InlineData("store/../../evil")]
    [InlineData("store//evil")]
    [InlineData("./evil")]
    [InlineData("store/.hidden")]
    [InlineData("..\\evil")]
    [InlineData("evil\n")]
    public async Task A_name_that_could_leave_the_folder_is_refused(string name)
    {
        using var folder = new TestFolder();
        await RefusedAsync(folder, await ArchiveAsync([(name, "content")], listed: [(name, "content")]), name);
    }

    [Fact]
    public async Task A_link_is_refused()
    {
        using var folder = new TestFolder();
        using var bytes = new MemoryStream();
        await using (var tar = new TarWriter(bytes, TarEntryFormat.Gnu, leaveOpen: true)) await tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.SymbolicLink, "store") { LinkName = "/" }, Cancellation);
        await RefusedAsync(folder, bytes.ToArray(), "symbolic link");
    }

    [Fact]
    public async Task Files_that_are_not_listed_lack_or_come_twice_are_refused()
    {
        using var folder = new TestFolder();
        await RefusedAsync(folder, await ArchiveAsync([("a", "1"), ("b", "2")], listed: [("a", "1")]), "not listed");
        await RefusedAsync(folder, await ArchiveAsync([("a", "1")], listed: [("a", "1"), ("b", "2")]), "lacking");
        await RefusedAsync(folder, await ArchiveAsync([("a", "1"), ("a", "1")], listed: [("a", "1"), ("a", "1")]), "twice");
        await RefusedAsync(folder, await ArchiveAsync([("b", "2"), ("a", "1")], listed: [("a", "1"), ("b", "2")]), "another order");
        await RefusedAsync(folder, [.. (await ArchiveAsync([("a", "1")], listed: [("a", "1")]))[..^1024], .. await ArchiveAsync([("b", "2")], listed: [])], "something behind the end");
        var good = await ArchiveAsync([("a", "1"), ("b", "2")], listed: [("a", "1"), ("b", "2")]);
        Assert.Null((await BackupArchive.RestoreAsync(new MemoryStream(good), folder["good"], null, Cancellation)).Refusal);
    }

    [Fact]
    public async Task A_folder_that_holds_something_is_not_touched()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["restored"]);
        await File.WriteAllTextAsync(folder["restored/precious"], "precious", Cancellation);
        var report = await BackupArchive.RestoreAsync(new MemoryStream(await BackupAsync(folder)), folder["restored"], null, Cancellation);
        Assert.Contains("is not empty", report.Refusal, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(Assert.Single(Directory.GetFileSystemEntries(folder["restored"])), Cancellation));
    }

    [Fact]
    public async Task An_empty_folder_is_filled()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["restored"]);
        Assert.True((await BackupArchive.RestoreAsync(new MemoryStream(await BackupAsync(folder)), folder["restored"], null, Cancellation)).IsGood);
        Assert.True(File.Exists(folder["restored/store/manifest"]));
    }

    private static async Task<byte[]> BackupAsync(TestFolder folder)
    {
        await using var service = await EmbeddedService.StartAsync(folder["data"]);
        for (var i = 0; i < 4; i++) await service.AppendAsync(Enumerable.Range(0, 300).Select(number => $"{i}-{number}"));
        return await service.BackupAsync();
    }

    /// <summary>Where the last entry ends.</summary>
    private static int EndOf(byte[] backup)
    {
        using var tar = new TarReader(new MemoryStream(backup));
        var end = 0L;
        while (tar.GetNextEntry() is { } entry) end = entry.DataOffset + entry.Length;
        return (int)end;
    }

    private static async Task RefusedAsync(TestFolder folder, byte[] backup, string what)
    {
        var before = Directory.GetFileSystemEntries(folder[""]);
        var report = await BackupArchive.RestoreAsync(new MemoryStream(backup), folder["restored"], null, Cancellation);
        Assert.True(report.Refusal is not null, what);
        Assert.Null(report.Manifest);
        Assert.Equal(before, Directory.GetFileSystemEntries(folder[""]));
    }

    private static async Task<SortedDictionary<string, string>> ContentsAsync(byte[] backup, string folder)
    {
        Assert.True((await BackupArchive.RestoreAsync(new MemoryStream(backup), folder, null, Cancellation)).IsGood);
        return Contents(folder);
    }

    private static SortedDictionary<string, string> Contents(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(folder, file), file => Convert.ToBase64String(File.ReadAllBytes(file))),
        StringComparer.Ordinal);

    private static async Task<byte[]> ArchiveAsync((string Name, string Content)[] files, (string Name, string Content)[] listed)
    {
        using var bytes = new MemoryStream();
        await using (var tar = new TarWriter(bytes, TarEntryFormat.Gnu, leaveOpen: true))
        {
            foreach (var (name, content) in files) await AddAsync(tar, name, Encoding.UTF8.GetBytes(content));
            var manifest = new BackupManifest { MadeAt = new Timestamp(0), Files = [.. listed.Select(file => new BackupFile(file.Name, file.Content.Length, Digest(file.Content)))] };
            await AddAsync(tar, BackupManifest.EntryName, manifest.ToBytes());
        }
        return bytes.ToArray();
    }

    private static string Digest(string content) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    private static Task AddAsync(TarWriter tar, string name, byte[] content) =>
        tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) }, Cancellation);
}
