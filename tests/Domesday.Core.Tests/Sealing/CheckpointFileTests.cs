using System.Runtime.Versioning;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;

namespace Domesday.Core.Tests.Sealing;

/// <summary>The record of what was signed survives crashes, and damage to it is seen.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CheckpointFileTests : IDisposable
{
    private readonly SealedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.CheckpointFile;

    private CheckpointFile Open()
    {
        var file = CheckpointFile.Open(Path);
        Assert.True(file.IsOk, file.Problem?.Detail);
        return file.Value;
    }

    private byte[] Written(params (string Tenant, string Note)[] notes)
    {
        using var file = Open();
        foreach (var note in notes) file.Record([note]);
        return File.ReadAllBytes(Path);
    }

    [Fact]
    public void The_last_note_of_each_ledger_is_remembered()
    {
        Written(("acme", "one\n"), ("other", "two\n"), ("acme", "three\n"));
        Assert.Equal(new Dictionary<string, string> { ["acme"] = "three\n", ["other"] = "two\n" }, Open().Notes);
    }

    [Fact]
    public void Others_may_not_read_it()
    {
        Written(("acme", "one\n"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void Cut_off_anywhere_it_still_holds_the_whole_lines_before()
    {
        var bytes = Written(("acme", "one\n"), ("other", "two\n"), ("acme", "three\n"));
        for (var length = 0; length <= bytes.Length; length++)
        {
            File.WriteAllBytes(Path, bytes[..length]);
            using var file = Open();
            var lines = bytes[..length].Count(value => value == '\n');
            Assert.Equal(lines == 0 ? null : lines < 3 ? "one\n" : "three\n", file.Notes.GetValueOrDefault("acme"));
            Assert.Equal(length > 0 && bytes[length - 1] != '\n', file.WasTorn);
            file.Record([("new", "four\n")]);
            Assert.Equal("four\n", Open().Notes["new"]);
        }
    }

    [Fact]
    public void Every_flipped_bit_is_seen()
    {
        var bytes = Written(("acme", "one\n"), ("other", "two\n"));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(Path, flipped);
            var file = CheckpointFile.Open(Path);
            if (file.IsOk) Assert.True(file.Value.WasTorn, $"Bit {bit}");
            else Assert.Equal(ProblemKind.Corrupt, file.Problem.Kind);
        }
    }

    [Fact]
    public void It_does_not_grow_with_the_number_of_checkpoints()
    {
        using var file = Open();
        for (var round = 0; round < 10_000; round++) file.Record([("acme", $"{round}\n")]);
        Assert.InRange(new FileInfo(Path).Length, 1, 200_000);
        Assert.Equal("9999\n", Open().Notes["acme"]);
    }
}
