using System.Buffers;
using System.Text;
using Domesday.Core.Export;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Merkle;

namespace Domesday.Core.Tests.Export;

/// <summary>An export with a manifest shows by itself whether it is whole and unchanged.</summary>
public class ExportCheckTests
{
    private static async Task<(byte[] File, List<StoredEntry> Entries)> FileAsync(int seed, int count)
    {
        var entries = count == 0 ? [] : await ExportFormatTests.EntriesAsync(seed, count);
        var output = new ArrayBufferWriter<byte>();
        using var hashing = new HashingWriter(output);
        var writer = new NdjsonExport().Open(hashing);
        foreach (var entry in entries) writer.Write(entry);
        output.Write(new ExportManifest
        {
            Tenant = "acme",
            Query = "action=create",
            ExportedAt = new Timestamp(0),
            Count = entries.Count,
            FirstSequence = entries.Count == 0 ? null : entries[0].Sequence,
            LastSequence = entries.Count == 0 ? null : entries[^1].Sequence,
            Sha256 = hashing.Digest,
            Checkpoint = "domesday/acme\n1\nabc\n\n— x y\n",
        }.ToLine());
        output.Write("\n"u8);
        return (output.WrittenSpan.ToArray(), entries);
    }

    private static Task<Result<ExportManifest>> CheckAsync(byte[] file, Action<string, long, MerkleHash>? entry = null) =>
        ExportCheck.RunAsync(new MemoryStream(file), entry, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public async Task A_whole_export_agrees_and_hands_out_its_leaf_hashes(int count)
    {
        var (file, entries) = await FileAsync(1, count);
        var leaves = new List<(string, long, MerkleHash)>();
        var manifest = await CheckAsync(file, (tenant, sequence, leaf) => leaves.Add((tenant, sequence, leaf)));
        Assert.True(manifest.IsOk, string.Join("; ", manifest.Problem?.Faults.Select(fault => $"{fault.Field} {fault.Reason}") ?? []));
        Assert.Equal(("acme", "action=create", entries.Count), (manifest.Value.Tenant, manifest.Value.Query, (int)manifest.Value.Count));
        Assert.StartsWith("domesday/acme\n", manifest.Value.Checkpoint, StringComparison.Ordinal);
        Assert.Equal(entries.Select(entry => ("acme", entry.Sequence, MerkleHash.OfLeaf(entry.Bytes.Span))), leaves);
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_is_seen()
    {
        var (file, _) = await FileAsync(2, 5);
        var manifestAt = Encoding.UTF8.GetString(file).IndexOf("{\"domesday_manifest\"", StringComparison.Ordinal);
        for (var at = 0; at < manifestAt; at += 3)
        {
            var changed = (byte[])file.Clone();
            changed[at] ^= 1;
            Assert.False((await CheckAsync(changed)).IsOk, $"a change at {at} was not seen");
        }
    }

    [Fact]
    public async Task A_file_that_was_cut_anywhere_is_refused()
    {
        var (file, _) = await FileAsync(3, 5);
        for (var length = 0; length < file.Length; length += 11) Assert.False((await CheckAsync(file[..length])).IsOk, $"a cut at {length} was not seen");
        Assert.False((await CheckAsync(file[..^1])).IsOk);
    }

    [Fact]
    public async Task A_line_that_was_taken_out_put_in_or_exchanged_is_seen()
    {
        var (file, _) = await FileAsync(4, 6);
        var lines = Encoding.UTF8.GetString(file).Split('\n')[..^1];
        Assert.False((await CheckAsync(Joined([.. lines[..2], .. lines[3..]]))).IsOk);
        Assert.False((await CheckAsync(Joined([.. lines[..2], lines[1], .. lines[2..]]))).IsOk);
        Assert.False((await CheckAsync(Joined([lines[1], lines[0], .. lines[2..]]))).IsOk);
        Assert.False((await CheckAsync(Joined([.. lines, lines[0]]))).IsOk);
        Assert.False((await CheckAsync(Joined(lines[..^1]))).IsOk);
        Assert.True((await CheckAsync(Joined(lines))).IsOk);
    }

    [Fact]
    public async Task Every_disagreement_is_reported_at_once()
    {
        var (file, _) = await FileAsync(5, 6);
        var lines = Encoding.UTF8.GetString(file).Split('\n')[..^1];
        var result = await CheckAsync(Joined(lines[1..]));
        Assert.Equal(["count", "first_sequence", "sha256"], result.Problem!.Faults.Select(fault => fault.Field));
    }

    [Fact]
    public async Task Something_else_than_an_export_is_refused()
    {
        foreach (var text in new[] { "", "\n", "hello\n", "{}\n", "{\"action\":\n", "[1,2]\n" }) Assert.False((await CheckAsync(Encoding.UTF8.GetBytes(text))).IsOk, text);
    }

    private static byte[] Joined(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
}
