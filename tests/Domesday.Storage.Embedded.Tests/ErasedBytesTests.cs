using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Schema;
using Domesday.Storage.Conformance;
using Domesday.Storage.Embedded.Disk;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Manifests;
using Domesday.Storage.Embedded.Segments;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Storage.Embedded.Tests;

/// <summary>What an erased event said leaves the files: the folder is searched byte by byte, and within everything that is compressed.</summary>
public sealed class ErasedBytesTests : IAsyncLifetime
{
    private const string Marker = "zq7-Marker-5e1f";
    private const int Count = 300;

    private static readonly AccessScope Acme = AccessScope.WholeTenant("acme");
    private static readonly long[] Chosen = [3, 4, 120, 250, Count - 1];

    private readonly string _folder = Directory.CreateTempSubdirectory("domesday-").FullName;
    private readonly SettableTime _time = new(new DateTimeOffset(2026, 2, 11, 12, 0, 0, TimeSpan.Zero));
    private readonly Meter _meter = new("test");
    private EmbeddedStore? _store;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _store = Open(_folder);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _store!.DisposeAsync();
        _meter.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private EmbeddedStore Open(string folder) =>
        EmbeddedStore.Open(folder, new() { GenerationEventsMax = 100, MergeFanIn = 3, FreeBytesMin = 1 << 20, CacheBytesMax = 1 << 20 }, _time, NullLogger.Instance, _meter);

    private static AuditEvent Made(string tenant, int index)
    {
        var mark = tenant == "acme" && Chosen.Contains(index) ? Marker : "ordinary";
        return new()
        {
            Id = $"{mark}-id-{index}",
            Time = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 2, 11, 11, 0, 0, TimeSpan.Zero).AddSeconds(index * 37 % 3_000)),
            Action = "update",
            Actor = new() { Name = mark, Id = $"{mark}-{index}", Roles = [mark] },
            Resource = new() { Id = $"{mark}-{index}", Name = mark },
            Request = new() { Uri = $"/{mark}/{index}", Body = JsonOf($"{{\"secret\":\"{mark}\",\"text\":\"{new string('a', 500)}\"}}") },
            Labels = new Dictionary<string, string> { [mark] = mark },
        };
    }

    private static System.Text.Json.JsonElement JsonOf(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private async Task FillAsync()
    {
        for (var first = 0; first < Count; first += 50)
        {
            foreach (var tenant in (string[])["acme", "rival"])
            {
                var attachments = Chosen.Where(index => index >= first && index < first + 50).Select(index => ((int)index - first, Encoding.UTF8.GetBytes($"{(tenant == "acme" ? Marker : "ordinary")} {new string('b', 2_000)} {index}"))).ToArray();
                var batch = PendingBatches.Of(tenant, _time.GetUtcNow(), Enumerable.Range(first, 50).Select(index => Made(tenant, index)), attachments);
                Assert.True((await _store!.AppendAsync(tenant, batch, Cancellation)).IsOk);
            }
        }
    }

    private async Task EraseAsync() => Assert.Equal(Chosen.Length, (await _store!.EraseAsync("acme", Chosen, Cancellation)).Value);

    private async Task UntilNothingIsPendingAsync()
    {
        while (_store!.Erasures("acme").Pending > 0) await Task.Delay(5, Cancellation);
    }

    /// <summary>The places in a folder's files where the marker is; in segments also within what is compressed.</summary>
    private static List<string> Traces(string folder)
    {
        var traces = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Marker)) >= 0).Select(file => $"{Path.GetRelativePath(folder, file)} as it is").ToList();
        using var disk = new PosixDisk(folder);
        var manifest = Manifest.Read(disk)!;
        foreach (var segment in manifest.Tenants.SelectMany(tenant => tenant.Segments)) traces.AddRange(CompressedTraces(disk, manifest, segment));
        return traces;
    }

    private static IEnumerable<string> CompressedTraces(PosixDisk disk, Manifest manifest, SegmentInfo info)
    {
        using var files = new OpenFiles(disk, 4);
        var reader = new SegmentReader(info, files, new(1 << 20), new(manifest.HashKey0, manifest.HashKey1));
        for (var number = 0; number < (info.Rows + BlockWriter.Rows - 1) / BlockWriter.Rows; number++)
        {
            byte[] buffer = [];
            reader.ReadBlock(number, ref buffer);
            var block = new Block(reader.Layout).Load(buffer);
            foreach (var run in block.Runs.Where(run => run.Compressed != run.Length))
            {
                var text = new byte[run.Length];
                Assert.True(BrotliDecoder.TryDecompress(buffer.AsSpan(run.Position, run.Compressed), text, out _));
                if (text.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Marker)) >= 0) yield return $"segment {info.File}, block {number}, compressed";
            }
        }
        foreach (var attachment in reader.Attachments?.All ?? [])
        {
            if (attachment.Bytes.Span.IndexOf(Encoding.UTF8.GetBytes(Marker)) >= 0) yield return $"segment {info.File}, attachment of {attachment.Sequence}";
        }
    }

    [Fact]
    public async Task The_search_finds_the_marker_before_it_is_erased_wherever_events_are_kept()
    {
        // So few that they stay in the log until the store is opened again.
        var few = await _store!.AppendAsync("acme", PendingBatches.Of("acme", _time.GetUtcNow(), [Made("acme", 3)]), Cancellation);
        Assert.True(few.IsOk);
        await _store.DisposeAsync();
        Assert.Contains(Traces(_folder), trace => trace.StartsWith("log", StringComparison.Ordinal));
        _store = Open(_folder);
        await FillAsync();
        await _store.DisposeAsync();
        _store = Open(_folder);
        while (Directory.GetFiles(Path.Combine(_folder, "log")).Length > 0) await Task.Delay(5, Cancellation);
        await _store.DisposeAsync();
        var traces = Traces(_folder);
        Assert.Contains(traces, trace => trace.StartsWith("segments", StringComparison.Ordinal));
        Assert.Contains(traces, trace => trace.EndsWith("compressed", StringComparison.Ordinal));
        Assert.Contains(traces, trace => trace.Contains("attachment", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Once_nothing_is_pending_no_file_has_anything_of_the_erased_events()
    {
        await FillAsync();
        await EraseAsync();
        await UntilNothingIsPendingAsync();
        await _store!.DisposeAsync();
        Assert.Empty(Traces(_folder));
        _store = Open(_folder);
        Assert.Equal(new LedgerErasures(Chosen.Length, 0), _store.Erasures("acme"));
        Assert.Equal(ProblemKind.Gone, (await _store.Reader.FindAsync(Acme, $"{Marker}-id-3", Cancellation)).Problem?.Kind);
    }

    [Fact]
    public async Task A_service_that_is_ended_right_after_erasing_ends_it_at_its_next_start()
    {
        await FillAsync();
        await EraseAsync();
        await _store!.DisposeAsync();
        _store = Open(_folder);
        Assert.Equal(Chosen.Length, _store.Erasures("acme").Events);
        Assert.Equal(Count - Chosen.Length, (await _store.Reader.CountAsync(Acme, EventFilter.All, Cancellation)).Value);
        await UntilNothingIsPendingAsync();
        await _store.DisposeAsync();
        Assert.Empty(Traces(_folder));
        _store = Open(_folder);
    }

    [Fact]
    public async Task Nothing_stays_in_files_that_several_ledgers_share()
    {
        await FillAsync();
        await _store!.DisposeAsync();
        _store = Open(_folder);
        while (Directory.GetFiles(Path.Combine(_folder, "log")).Length > 0) await Task.Delay(5, Cancellation);
        await _store.DisposeAsync();
        using (var disk = new PosixDisk(_folder))
        {
            Assert.Contains(Manifest.Read(disk)!.Tenants.SelectMany(tenant => tenant.Segments).GroupBy(segment => segment.File), file => file.Count() > 1);
        }
        _store = Open(_folder);
        await EraseAsync();
        await UntilNothingIsPendingAsync();
        await _store.DisposeAsync();
        Assert.Empty(Traces(_folder));
        _store = Open(_folder);
        Assert.Equal(Count, (await _store.Reader.CountAsync(AccessScope.WholeTenant("rival"), EventFilter.All, Cancellation)).Value);
    }

    [Fact]
    public async Task A_copy_that_was_begun_before_keeps_the_bytes_until_it_ends_and_they_count_as_pending()
    {
        await FillAsync();
        await _store!.DisposeAsync();
        _store = Open(_folder);
        while (Directory.GetFiles(Path.Combine(_folder, "log")).Length > 0) await Task.Delay(5, Cancellation);
        using (_store.Copy())
        {
            await EraseAsync();
            while (!(await File.ReadAllTextAsync(Path.Combine(_folder, Manifest.Name), Cancellation)).Contains("\"LeftBehind\":[{", StringComparison.Ordinal)) await Task.Delay(5, Cancellation);
            Assert.True(_store.Erasures("acme").Pending > 0);
        }
        await UntilNothingIsPendingAsync();
        await _store.DisposeAsync();
        Assert.Empty(Traces(_folder));
        _store = Open(_folder);
    }

    [Fact]
    public async Task A_copy_knows_what_was_erased_and_has_nothing_of_it()
    {
        await FillAsync();
        var leaves = (await _store!.LeafHashesAsync("acme", 0, Count, Cancellation)).Value;
        await EraseAsync();
        await UntilNothingIsPendingAsync();
        var target = Directory.CreateTempSubdirectory("domesday-copy-").FullName;
        try
        {
            using (var copy = _store.Copy())
            {
                foreach (var file in copy.Files)
                {
                    var bytes = new byte[file.Length];
                    Assert.Equal(bytes.Length, copy.Read(file, 0, bytes));
                    var path = Path.Combine(target, file.Name);
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    await File.WriteAllBytesAsync(path, bytes, Cancellation);
                }
            }
            Assert.Empty(Traces(target));
            await using var restored = Open(target);
            Assert.Equal(Chosen.Length, restored.Erasures("acme").Events);
            Assert.Equal(leaves, (await restored.LeafHashesAsync("acme", 0, Count, Cancellation)).Value);
            Assert.Equal(ProblemKind.Gone, (await restored.Reader.GetAsync(Acme, Chosen[2], Cancellation)).Problem?.Kind);
            Assert.Equal(Count - Chosen.Length, (await restored.Reader.CountAsync(Acme, EventFilter.All, Cancellation)).Value);
        }
        finally
        {
            Directory.Delete(target, recursive: true);
        }
    }

    [Fact]
    public async Task A_ledger_whose_record_of_erasures_is_damaged_is_not_read_and_others_are()
    {
        await FillAsync();
        await EraseAsync();
        await _store!.DisposeAsync();
        var file = Directory.GetFiles(Path.Combine(_folder, ErasureFile.Folder)).Single();
        var bytes = await File.ReadAllBytesAsync(file, Cancellation);
        bytes[70] ^= 4;
        await File.WriteAllBytesAsync(file, bytes, Cancellation);
        _store = Open(_folder);
        Assert.Equal(ProblemKind.Corrupt, (await _store.Reader.CountAsync(Acme, EventFilter.All, Cancellation)).Problem?.Kind);
        Assert.Equal(ProblemKind.Corrupt, (await _store.EraseAsync("acme", [7], Cancellation)).Problem?.Kind);
        Assert.Equal(Count, (await _store.Reader.CountAsync(AccessScope.WholeTenant("rival"), EventFilter.All, Cancellation)).Value);
    }

    [Fact]
    public async Task Many_small_erasures_leave_few_files()
    {
        await FillAsync();
        for (var sequence = 0; sequence < 100; sequence++) Assert.Equal(1, (await _store!.EraseAsync("acme", [sequence], Cancellation)).Value);
        Assert.InRange(Directory.GetFiles(Path.Combine(_folder, ErasureFile.Folder)).Length, 1, 17);
        await _store!.DisposeAsync();
        _store = Open(_folder);
        Assert.Equal(100, _store.Erasures("acme").Events);
        Assert.Equal(Count - 100, (await _store.Reader.CountAsync(Acme, new() { Conditions = [FieldCondition.Is(EventField.Action, "update")] }, Cancellation)).Value);
    }
}
