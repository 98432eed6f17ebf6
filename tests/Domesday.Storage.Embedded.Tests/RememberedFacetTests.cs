using System.Diagnostics.Metrics;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Schema;
using Domesday.Storage.Conformance;
using Domesday.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Storage.Embedded.Tests;

/// <summary>Counts that are remembered of whole segments stay right whatever happens to these.</summary>
public sealed class RememberedFacetTests
{
    private const int Rounds = 60;
    private const int BatchEvents = 25;

    [Fact]
    public async Task Facets_of_everything_are_right_after_every_batch_while_segments_come_merge_and_go()
    {
        var folder = Directory.CreateTempSubdirectory("domesday-").FullName;
        using var meter = new Meter("test");
        var time = new SettableTime(new DateTimeOffset(2026, 2, 11, 12, 0, 0, TimeSpan.Zero));
        var model = new MemoryStore(time);
        try
        {
            await using var store = EmbeddedStore.Open(folder, new() { GenerationEventsMax = 40, MergeFanIn = 3, SegmentRowsMax = 400, FreeBytesMin = 1 << 20 }, time, NullLogger.Instance, meter);
            var random = new Random(3);
            for (var round = 0; round < Rounds; round++)
            {
                var batch = PendingBatches.Of("acme", time.GetUtcNow(), Enumerable.Range(0, BatchEvents).Select(number => Event(random, round * BatchEvents + number, round)));
                Assert.True((await store.AppendAsync("acme", batch, CancellationToken.None)).IsOk);
                await model.AppendAsync("acme", batch, CancellationToken.None);
                Assert.Equal(await FacetsAsync(model), await FacetsAsync(store.Reader));
                if (round % 20 == 19) await DropAsync(store, model, At(round - 10));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The model drops what the store dropped: whole segments, from the oldest on.</summary>
    private static async Task DropAsync(EmbeddedStore store, MemoryStore model, Timestamp before)
    {
        Assert.True((await store.DropAsync("acme", before, store.Size("acme"), CancellationToken.None)).IsOk);
        await model.DropAsync("acme", before, store.Usage("acme").FirstSequence, CancellationToken.None);
        Assert.Equal(await FacetsAsync(model), await FacetsAsync(store.Reader));
    }

    private static async Task<string> FacetsAsync(Core.Storage.IEventReader reader)
    {
        var facets = (await reader.FacetsAsync(AccessScope.WholeTenant("acme"), EventFilter.All, [EventField.Action, EventField.ActorName], 5, CancellationToken.None)).Value;
        return string.Join('\n', facets.Fields.Select(facet => $"{facet.Field} has {facet.Distinct}: {string.Join(' ', facet.Values.Select(value => $"{value.Value}={value.Count}"))}"));
    }

    private static Timestamp At(int round) => Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(round));

    private static AuditEvent Event(Random random, int number, int round) =>
        new() { Id = $"e-{number}", Action = $"act-{random.Next(7)}", Time = At(round), Actor = new() { Type = ActorType.User, Name = $"user-{random.Next(90)}" } };
}
