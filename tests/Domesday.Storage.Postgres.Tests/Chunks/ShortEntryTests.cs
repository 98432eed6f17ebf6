using System.Text;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Chunks;
using Domesday.Storage.Postgres.Columns;

namespace Domesday.Storage.Postgres.Tests.Chunks;

/// <summary>An entry comes back from the tables as it was hashed, whatever stands in it.</summary>
public sealed class ShortEntryTests
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
    public void Whatever_looks_like_a_UUID_comes_back_as_it_was_written(string text)
    {
        var entry = $$"""{"action":"create","id":"{{text}}","resource":{"id":"{{text}}"},"sequence":1,"service":"{{text}}","time":"2026-01-02T03:04:05Z"}""";
        Assert.Equal(entry, Encoding.UTF8.GetString(RoundTrip(entry, out _)));
    }

    [Fact]
    public void UUIDs_and_values_that_repeat_take_a_few_bytes()
    {
        var entry = $$"""{"action":"create","id":"{{Uuid}}","request":{"id":"{{Uuid}}"},"service":"a service with a name of some length"}""";
        Assert.Equal(entry, Encoding.UTF8.GetString(RoundTrip(entry, out var bytes)));
        Assert.True(bytes < entry.Length - 2 * 19 - 30);
    }

    [Fact]
    public void An_entry_that_needs_a_code_that_is_gone_is_refused()
    {
        var output = new ByteBuffer();
        Assert.Throws<CorruptLedgerException>(() => ShortEntry.Read([(byte)'{', 2, 7], new(), output));
        Assert.Throws<CorruptLedgerException>(() => ShortEntry.Read([(byte)'{', 2, 0x87], new(), output));
        Assert.Throws<CorruptLedgerException>(() => ShortEntry.Read([(byte)'{', 1, 7, 7], new(), output));
    }

    private static byte[] RoundTrip(string text, out int bytes)
    {
        var entry = Encoding.UTF8.GetBytes(text);
        var slices = new FieldSlice[EventSchema.Count];
        EntrySlicer.Slice(entry, slices);
        var (known, output) = (new LedgerCodes(), new ByteBuffer());
        var added = new NewCodes(known);
        var codes = EventColumns.Coded.Select((field, place) => slices[(int)field] is { Length: > 0 } slice ? added.CodeOf(place, slice.Of(entry)) : 0).ToArray();
        added.Publish();
        ShortEntry.Write(entry, slices, codes, output);
        bytes = output.Length;
        return ShortEntry.Read(output.Written.ToArray(), known, new());
    }
}
