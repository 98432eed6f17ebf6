using System.Text;
using Domesday.Core.Storage;
using Domesday.Storage.Postgres.Chunks;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Ledgers;

namespace Domesday.Storage.Postgres.Tests.Chunks;

/// <summary>An entry comes back from the tables as it was hashed, whatever stands in it.</summary>
public sealed class ChunkTests
{
    private const string Uuid = "0190d3a1-6a7e-7c1b-9f3e-0123456789ab";

    [Theory]
    [InlineData(Uuid)]
    [InlineData("0190D3A1-6A7E-7C1B-9F3E-0123456789AB")]
    [InlineData("0190d3a1-6a7e-7c1b-9f3e-0123456789aB")]
    [InlineData("0190d3a1-6a7e-7c1b-9f3e-0123456789a")]
    [InlineData("x-y-z-0190d3a1-6a7e-7c1b-9f3e-0123456789ab-0190d3a1-6a7e-7c1b-9f3e-0123456789ab")]
    [InlineData("/servers/0190d3a1-6a7e-7c1b-9f3e-0123456789ab0190d3a1-6a7e-7c1b-9f3e-0123456789ab/------------------------------------")]
    [InlineData("ab-0190d3a1-6a7e-7c1b-9f3e")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("\\u0001\\u0002\\u0003 \\\"äöü\\\"")]
    public void Whatever_looks_like_something_shorter_comes_back_as_it_was_written(string text)
    {
        var entry = $$"""{"action":"create","id":"{{text}}","labels":{"a":"{{text}}","b":"{}"},"resource":{"id":"{{text}}"},"sequence":0,"service":"{{text}}","tenant":"acme","time":"2026-01-02T03:04:05Z"}""";
        Assert.Equal([entry], RoundTrip(out _, entry));
    }

    [Fact]
    public void Entries_with_other_fields_and_other_names_of_the_ledger_keep_them_apart()
    {
        string[] entries =
        [
            """{"action":"create","id":"a","sequence":0,"service":"s","tenant":"acme","time":"2026-01-02T03:04:05Z"}""",
            """{"action":"create","id":"b","sequence":1,"service":"s","tenant":"other","time":"2026-01-02T03:04:05Z"}""",
            """{"action":"create","id":"c","sequence":2,"time":"2026-01-02T03:04:05Z"}""",
            """{"action":"create","id":"d","request":{"body":{"a":[1,{"b":"}"}]}},"sequence":3,"service":"s","tenant":"acme","time":"2026-01-02T03:04:05Z"}""",
        ];
        Assert.Equal(entries, RoundTrip(out _, entries));
    }

    [Fact]
    public void Names_of_fields_UUIDs_and_values_that_repeat_take_a_few_bytes()
    {
        var entries = Enumerable.Range(0, 64).Select(sequence => $$$"""{"action":"create","id":"{{{Guid.NewGuid()}}}","salt":"{{{Guid.NewGuid():N}}}","sequence":{{{sequence}}},"service":"a service with a name of some length","time":"2026-01-02T03:04:05Z"}""").ToArray();
        Assert.Equal(entries, RoundTrip(out var bytes, entries));
        Assert.InRange(bytes, 64 * 32, 64 * 48);
    }

    [Fact]
    public void An_entry_that_needs_a_code_that_is_gone_is_refused()
    {
        Assert.Throws<CorruptLedgerException>(() => Read([7 << 2 | 1]));
        Assert.Throws<CorruptLedgerException>(() => Read([0x87]));
        Assert.Throws<CorruptLedgerException>(() => Read([9 << 2, 1, 2]));
        Assert.Throws<CorruptLedgerException>(() => Read([2 << 2 | 2, 1, 2]));
        static void Read(ReadOnlySpan<byte> input) => ShortText.TryRead(ref input, new(), new());
    }

    private static List<string> RoundTrip(out int bytes, params string[] entries)
    {
        using var cache = new BlockCache(0);
        var ledger = new Ledger("acme", new(), new(), cache);
        var (added, row, builder) = (new NewCodes(ledger.Codes), new EventRow(), new ChunkBuilder(entries.Length));
        BuiltChunk? chunk = null;
        builder.Begin("acme"u8.ToArray(), built => chunk = built);
        foreach (var (sequence, entry) in entries.Index())
        {
            row.Read(sequence, Encoding.UTF8.GetBytes(entry), [1, 2, 3], added);
            builder.Add(row, Encoding.UTF8.GetBytes(entry));
        }
        builder.Finish();
        added.Publish();
        bytes = chunk!.Data.Length;
        var read = new EntryChunk(ledger, chunk.First, chunk.Count, chunk.RawBytes, chunk.Data, chunk.First + chunk.Count);
        return [.. entries.Index().Select(entry => Encoding.UTF8.GetString(read.Entry(entry.Index).Span))];
    }
}
