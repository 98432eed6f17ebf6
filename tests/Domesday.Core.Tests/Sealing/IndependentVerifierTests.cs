using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Merkle;
using Domesday.TestKit;

namespace Domesday.Core.Tests.Sealing;

/// <summary>Our notes, tiles, bundles and proofs as Go's sumdb packages see them: tests/independent-verifier.</summary>
public sealed class IndependentVerifierTests : IDisposable
{
    private const string Acme = "acme";
    private const string Go = "/usr/lib/go-1.19/bin/go";
    private const string GoPath = "/usr/share/gocode";

    private static readonly Lazy<Task<string>> Program = new(BuildAsync);

    private readonly SealedFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(511)]
    [InlineData(1_000)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(66_100)]
    [InlineData(131_329)]
    public async Task Go_verifies_checkpoint_tiles_and_proofs_of_every_size(int size)
    {
        var store = new SyntheticStore();
        if (size > 0) store.SetSize(Acme, size);
        var log = await WriteAsync(store, new MemoryStore(_folder.Clock), size);
        var (status, output) = await RunAsync(log);
        Assert.True(status == 0, output);
        Assert.Contains(size == 0 ? "empty" : $"{size} leaves, 0 entries", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Go_computes_our_leaf_hashes_from_the_entries()
    {
        await using var store = new MemoryStore(_folder.Clock);
        using var meter = new Meter("test");
        var events = Enumerable.Range(0, 300).Select(index => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($$$"""{"action":"create","reason":{"text":"Grund № {{{index}}}"}}"""));
        await new AppendPipeline(store, EventLimits.Default, TimeProvider.System, new(meter)).AppendAsync(new(Acme, "native", [.. events]), Cancellation);
        var log = await WriteAsync(store, store, 300);
        var (status, output) = await RunAsync(log);
        Assert.True(status == 0, output);
        Assert.Contains("300 leaves, 300 entries", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checkpoint", 20, "checkpoint: ")]
    [InlineData("key", 30, "key: ")]
    [InlineData("tile/0/000", 5_000, "the leaves have another root")]
    [InlineData("tile/0/003.p/232", 50, "downloaded inconsistent tile")]
    [InlineData("tile/1/000.p/3", 50, "downloaded inconsistent tile")]
    public async Task Go_refuses_a_log_with_one_flipped_bit(string file, int at, string message)
    {
        var store = new SyntheticStore();
        store.SetSize(Acme, 1_000);
        var log = await WriteAsync(store, new MemoryStore(_folder.Clock), 1_000);
        var path = Path.Combine(log, file);
        var bytes = await File.ReadAllBytesAsync(path, Cancellation);
        bytes[at] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Cancellation);
        var (status, output) = await RunAsync(log);
        Assert.Equal(1, status);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Go_refuses_a_proof_with_an_exchanged_hash()
    {
        var store = new SyntheticStore();
        store.SetSize(Acme, 1_000);
        var log = await WriteAsync(store, new MemoryStore(_folder.Clock), 1_000);
        var proofs = await File.ReadAllTextAsync(Path.Combine(log, "proofs"), Cancellation);
        var hash = proofs.Split('\n').First(line => line.Split(' ').Length > 5).Split(' ')[^1];
        await File.WriteAllTextAsync(Path.Combine(log, "proofs"), proofs.Replace(hash, MerkleHash.EmptyRoot.ToBase64(), StringComparison.Ordinal), Cancellation);
        var (status, output) = await RunAsync(log);
        Assert.Equal(1, status);
        Assert.Contains("another proof than Go makes", output, StringComparison.Ordinal);
    }

    /// <summary>Writes what the log serves into a folder, by its paths.</summary>
    private async Task<string> WriteAsync(IEventStore store, IEventReader reader, long size)
    {
        var sealer = _folder.Start(store);
        await SealedFolder.SealAsync(sealer);
        var proofs = new LedgerProofs(store, reader, sealer);
        var log = Path.Combine(_folder.Folder, "log");
        Write(log, "checkpoint", Encoding.UTF8.GetBytes(sealer.HeadOf(Acme).Value.Note));
        Write(log, "key", Encoding.UTF8.GetBytes($"{sealer.KeysOf(Acme)[0]}\n"));
        for (var level = 0; TreeTile.WidthIn(size, level, 0) > 0; level++)
        {
            for (var index = 0; TreeTile.WidthIn(size, level, index) > 0; index++) await WriteTileAsync(log, proofs, TreeTile.In(size, level, index));
        }
        if (reader == store)
        {
            for (var index = 0; TreeTile.WidthIn(size, 0, index) > 0; index++)
            {
                var tile = TreeTile.In(size, 0, index);
                Write(log, tile.EntriesPath, (await proofs.EntriesAsync(AccessScope.WholeTenant(Acme), tile, Cancellation)).Value.Span);
            }
        }
        Write(log, "proofs", Encoding.UTF8.GetBytes(string.Concat(await ProofsAsync(proofs, size))));
        return log;
    }

    private static async Task WriteTileAsync(string log, LedgerProofs proofs, TreeTile tile) =>
        Write(log, tile.Path, (await proofs.TileAsync(Acme, tile, Cancellation)).Value.SelectMany(hash => hash.ToArray()).ToArray());

    private static async Task<IReadOnlyList<string>> ProofsAsync(LedgerProofs proofs, long size)
    {
        var lines = new List<string>();
        foreach (var place in new[] { 0, 1, 255, 256, 257, 65_535, 65_536, size / 3, size / 2, size - 1 }.Where(place => place >= 0 && place < size).Distinct())
        {
            foreach (var end in new[] { place + 1, (place + 1 + size) / 2, size }.Distinct())
            {
                var inclusion = (await proofs.InclusionAsync(Acme, place, end, Cancellation)).Value;
                lines.Add($"inclusion {place} {end} {inclusion.LeafHash} {string.Join(' ', inclusion.Hashes)}\n");
                var consistency = (await proofs.ConsistencyAsync(Acme, place + 1, end, Cancellation)).Value;
                lines.Add($"consistency {place + 1} {end} {string.Join(' ', consistency.Hashes)}\n");
            }
        }
        return lines;
    }

    private static void Write(string log, string path, ReadOnlySpan<byte> bytes)
    {
        var file = Path.Combine(log, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
    }

    private static async Task<(int Status, string Output)> RunAsync(string log)
    {
        Assert.SkipUnless(File.Exists(Go) && Directory.Exists(GoPath + "/src/golang.org/x/mod/sumdb/tlog"), "Needs the Debian packages golang-1.19-go and golang-golang-x-mod-dev.");
        return await StartAsync(new(await Program.Value, [log]));
    }

    private static async Task<string> BuildAsync()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Domesday.slnx"))) root = Path.GetDirectoryName(root)!;
        var folder = Path.Combine(root, "artifacts", "independent-verifier");
        var program = Path.Combine(folder, "verify");
        var build = new ProcessStartInfo(Go, ["build", "-o", program, Path.Combine(root, "tests", "independent-verifier", "main.go")]);
        foreach (var (name, value) in new[] { ("GO111MODULE", "off"), ("GOPATH", GoPath), ("GOPROXY", "off"), ("GOFLAGS", ""), ("GOCACHE", Path.Combine(folder, "cache")) })
        {
            build.Environment[name] = value;
        }
        var (status, output) = await StartAsync(build);
        Assert.True(status == 0, output);
        return program;
    }

    private static async Task<(int Status, string Output)> StartAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(Cancellation) + await errors;
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, output);
    }
}
