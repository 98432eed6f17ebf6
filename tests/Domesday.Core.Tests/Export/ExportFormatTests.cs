using System.Buffers;
using System.Text;
using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Export;
using Domesday.Core.Query;
using Domesday.Events.Schema;
using Domesday.Storage.Conformance;
using Domesday.TestKit;

namespace Domesday.Core.Tests.Export;

/// <summary>Every format holds every event, whole.</summary>
public class ExportFormatTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 11, 22, 21, 2, TimeSpan.Zero);

    internal static async Task<List<StoredEntry>> EntriesAsync(int seed, int count = 300)
    {
        await using var store = new MemoryStore(TimeProvider.System);
        await store.AppendAsync("acme", PendingBatches.Of("acme", Now, new EventGenerator(seed).Next(count)), TestContext.Current.CancellationToken);
        return [.. (await store.ListAsync(AccessScope.WholeTenant("acme"), new() { Descending = false, Limit = 10_000 }, TestContext.Current.CancellationToken)).Value.Entries];
    }

    internal static byte[] Exported(IExportFormat format, IEnumerable<StoredEntry> entries)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = format.Open(output);
        foreach (var entry in entries) writer.Write(entry);
        writer.End();
        return output.WrittenSpan.ToArray();
    }

    internal static IEnumerable<string> Texts(IEnumerable<StoredEntry> entries) => entries.Select(entry => Encoding.UTF8.GetString(entry.Bytes.Span));

    [Fact]
    public async Task Lines_are_the_ledgers_own_bytes()
    {
        var entries = await EntriesAsync(1);
        Assert.Equal(string.Concat(Texts(entries).Select(text => text + "\n")), Encoding.UTF8.GetString(Exported(new NdjsonExport(), entries)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(50)]
    public async Task An_array_is_json_and_holds_the_ledgers_own_bytes(int count)
    {
        var entries = (await EntriesAsync(2)).Take(count).ToList();
        using var document = JsonDocument.Parse(Exported(new JsonExport(), entries));
        Assert.Equal(Texts(entries), document.RootElement.EnumerateArray().Select(element => element.GetRawText()));
    }

    [Fact]
    public async Task An_array_that_was_cut_off_is_not_json()
    {
        var bytes = Exported(new JsonExport(), await EntriesAsync(2, 5));
        for (var length = 0; length < bytes.Length - 2; length++) Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(bytes.AsMemory(0, length)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Csv_gives_every_event_back_byte_for_byte(int seed)
    {
        var entries = await EntriesAsync(seed);
        Assert.Equal(Texts(entries), Read(Encoding.UTF8.GetString(Exported(new CsvExport(), entries))));
    }

    [Fact]
    public async Task Csv_has_a_column_for_every_field_and_a_row_for_every_event()
    {
        var lines = Encoding.UTF8.GetString(Exported(new CsvExport(), await EntriesAsync(6, 1))).Split("\r\n");
        Assert.Equal(EventSchema.Fields.Select(field => field.Path), lines[0].Split(','));
    }

    [Fact]
    public async Task Csv_that_was_cut_off_or_changed_is_refused_with_its_line()
    {
        var text = Encoding.UTF8.GetString(Exported(new CsvExport(), await EntriesAsync(7, 3)));
        var rowEnds = Enumerable.Range(0, text.Length - 1).Where(index => text[index] == '\r' && text[index + 1] == '\n').Select(index => index + 2).ToHashSet();
        for (var length = 1; length < text.Length; length += 7)
        {
            if (!rowEnds.Contains(length)) Assert.False(TryRead(text[..length], out _), $"cut at {length}");
        }
        Assert.False(TryRead("", out var reason));
        Assert.Contains("columns", reason, StringComparison.Ordinal);
        Assert.False(TryRead("action,nonsense\r\n", out reason));
        Assert.Contains("nonsense", reason, StringComparison.Ordinal);
        Assert.False(TryRead("action,sequence,tenant,time\r\ncreate,0,acme\r\n", out reason));
        Assert.Contains("Line 2 has 3 cells", reason, StringComparison.Ordinal);
        Assert.False(TryRead("action,raw,sequence,tenant,time\r\ncreate,{,0,acme,2026-02-11T22:21:02.000000Z\r\n", out reason));
        Assert.Contains("raw", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Formats_are_found_by_their_names()
    {
        Assert.Equal(["ndjson", "json", "csv", "ocsf", "ecs", "cadf", "cef"], ExportCatalog.Names.Take(7));
        Assert.All(ExportCatalog.Names, name => Assert.Equal(name, ExportCatalog.Find(name)?.Name));
        Assert.Null(ExportCatalog.Find("xml"));
    }

    private static List<string> Read(string csv)
    {
        var reader = new CsvExportReader(new StringReader(csv));
        var entries = new List<string>();
        while (reader.Read().Value is { } entry) entries.Add(Encoding.UTF8.GetString(entry));
        return entries;
    }

    private static bool TryRead(string csv, out string reason)
    {
        var reader = new CsvExportReader(new StringReader(csv));
        reason = "";
        while (true)
        {
            var entry = reader.Read();
            if (!entry.IsOk) reason = entry.Problem.Detail;
            if (!entry.IsOk || entry.Value is null) return entry.IsOk;
        }
    }
}
