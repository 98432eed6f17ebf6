using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Storage.Conformance;
using Domesday.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Storage.Embedded.Tests;

/// <summary>Values of different lengths are found from the last one that was found, whichever way one goes.</summary>
public sealed class BackwardReadTests
{
    private const int Batches = 40;
    private const int BatchEvents = 50;

    [Fact]
    public async Task Entries_are_the_same_bytes_forwards_backwards_and_in_leaps()
    {
        var folder = Directory.CreateTempSubdirectory("domesday-").FullName;
        using var meter = new Meter("test");
        var time = new SettableTime(new DateTimeOffset(2026, 2, 11, 12, 0, 0, TimeSpan.Zero));
        var model = new MemoryStore(time);
        try
        {
            await using var store = EmbeddedStore.Open(folder, new() { GenerationEventsMax = 300, MergeFanIn = 3, SegmentRowsMax = 900, FreeBytesMin = 1 << 20 }, time, NullLogger.Instance, meter);
            var random = new Random(11);
            for (var batch = 0; batch < Batches; batch++)
            {
                var events = PendingBatches.Of("acme", time.GetUtcNow(), Enumerable.Range(0, BatchEvents).Select(number => Event(random, batch * BatchEvents + number)));
                Assert.True((await store.AppendAsync("acme", events, CancellationToken.None)).IsOk);
                await model.AppendAsync("acme", events, CancellationToken.None);
            }
            var told = await AllAsync(model, descending: false);
            Assert.Equal(Batches * BatchEvents, told.Count);
            Assert.Equal(told, await AllAsync(store.Reader, descending: false));
            Assert.Equal(told.AsEnumerable().Reverse(), await AllAsync(store.Reader, descending: true));
            foreach (var sequence in Enumerable.Range(0, 500).Select(_ => random.Next(told.Count)))
            {
                var entry = await store.Reader.GetAsync(AccessScope.WholeTenant("acme"), sequence, CancellationToken.None);
                Assert.Equal(told[sequence], Encoding.UTF8.GetString(entry.Value.Bytes.Span));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<string>> AllAsync(Core.Storage.IEventReader reader, bool descending)
    {
        var entries = new List<string>();
        await foreach (var batch in reader.ReadAsync(AccessScope.WholeTenant("acme"), EventFilter.All, EventOrder.Sequence, descending, TestContext.Current.CancellationToken))
            entries.AddRange(batch.Select(entry => Encoding.UTF8.GetString(entry.Bytes.Span)));
        return entries;
    }

    /// <summary>Names that each stand once, so that no dictionary holds them, and bodies on some.</summary>
    private static AuditEvent Event(Random random, int number) => new()
    {
        Id = $"e-{number}-{new string('x', random.Next(30))}",
        Action = $"act-{random.Next(7)}",
        Time = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(number)),
        Resource = random.Next(3) == 0 ? null : new() { Id = $"r-{number}-{new string('y', random.Next(60))}", Name = random.Next(2) == 0 ? null : $"n{random.Next()}" },
        Request = random.Next(4) == 0 ? new() { Body = Body(random, 800), Uri = $"/things/{random.Next()}" } : null,
        Response = random.Next(5) == 0 ? new() { Body = Body(random, 300) } : null,
    };

    private static JsonElement Body(Random random, int charsMax)
    {
        using var body = JsonDocument.Parse($$"""{"text":"{{new string((char)('a' + random.Next(26)), random.Next(charsMax))}}","number":{{random.Next()}}}""");
        return body.RootElement.Clone();
    }
}
