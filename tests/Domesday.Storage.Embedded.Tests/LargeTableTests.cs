using System.Diagnostics.Metrics;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Schema;
using Domesday.Storage.Conformance;
using Domesday.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Storage.Embedded.Tests;

/// <summary>Tables and segments so large that bitmaps, hashes instead of codes, and selecting instead of sorting come into play.</summary>
public sealed class LargeTableTests : IAsyncLifetime
{
    private const int Events = 40_000;
    private const string Tenant = "acme";
    private static readonly AccessScope Scope = AccessScope.WholeTenant(Tenant);

    private readonly string _folder = Directory.CreateTempSubdirectory("domesday-").FullName;
    private readonly SettableTime _time = new(new DateTimeOffset(2026, 2, 11, 12, 0, 0, TimeSpan.Zero));
    private readonly Meter _meter = new("test");
    private readonly MemoryStore _model;
    private EmbeddedStore _store = null!;

    public LargeTableTests() => _model = new(_time);

    public async ValueTask InitializeAsync()
    {
        // The first 25,000 become a segment, the rest stays in memory.
        _store = EmbeddedStore.Open(_folder, new() { GenerationEventsMax = 25_000, FreeBytesMin = 1 << 20 }, _time, NullLogger.Instance, _meter);
        var random = new Random(7);
        for (var first = 0; first < Events; first += 500)
        {
            var batch = PendingBatches.Of(Tenant, _time.GetUtcNow(), Enumerable.Range(first, 500).Select(number => Event(random, number)));
            Assert.True((await _store.AppendAsync(Tenant, batch, CancellationToken.None)).IsOk);
            await _model.AppendAsync(Tenant, batch, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _meter.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pages_by_time_over_shuffled_events_equal_the_models(bool descending)
    {
        PageCursor? after = null;
        for (var page = 0; page < 4; page++)
        {
            var query = new EventQuery { Order = EventOrder.Time, Descending = descending, Limit = 40, After = after, Offset = page == 3 ? 20_000 : 0, Total = page == 0 };
            var expected = (await _model.ListAsync(Scope, query, CancellationToken.None)).Value;
            var actual = (await _store.Reader.ListAsync(Scope, query, CancellationToken.None)).Value;
            Assert.Equal(expected.Entries.Select(entry => entry.Sequence), actual.Entries.Select(entry => entry.Sequence));
            Assert.Equal((expected.Total, expected.Next), (actual.Total, actual.Next));
            after = actual.Next;
        }
    }

    [Fact]
    public async Task Filters_on_common_rare_and_unique_values_equal_the_models()
    {
        FieldCondition[] conditions =
        [
            FieldCondition.Is(EventField.Action, "read"),
            FieldCondition.Is(EventField.Action, "read", "update") with { Not = true },
            FieldCondition.Is(EventField.ResourceId, "r-31000", "r-77"),
            FieldCondition.Is(EventField.ActorId, "a-13"),
            new(EventField.ResourceId, MatchKind.EndsWith, ["999"]),
            new(EventField.ActorId, MatchKind.Contains, ["-1"]),
        ];
        foreach (var condition in conditions)
        {
            foreach (var span in new[] { (From: (Timestamp?)null, To: (Timestamp?)null), (At(100_000), At(900_000)) })
            {
                var filter = new EventFilter { Conditions = [condition], From = span.From, To = span.To };
                var expected = (await _model.CountAsync(Scope, filter, CancellationToken.None)).Value;
                Assert.Equal(expected, (await _store.Reader.CountAsync(Scope, filter, CancellationToken.None)).Value);
                var hours = (await _store.Reader.HistogramAsync(Scope, filter, HistogramInterval.Hour, CancellationToken.None)).Value;
                Assert.Equal((await _model.HistogramAsync(Scope, filter, HistogramInterval.Hour, CancellationToken.None)).Value.Buckets, hours.Buckets);
                var facets = (await _store.Reader.FacetsAsync(Scope, filter, [EventField.Action, EventField.ActorId], 50, CancellationToken.None)).Value;
                var wanted = (await _model.FacetsAsync(Scope, filter, [EventField.Action, EventField.ActorId], 50, CancellationToken.None)).Value;
                Assert.Equal(wanted.Fields.SelectMany(field => field.Values), facets.Fields.SelectMany(field => field.Values));
            }
        }
    }

    [Fact]
    public async Task Counts_over_nearly_everything_equal_the_models()
    {
        EventFilter[] filters = [new() { From = At(2_000) }, new() { To = At(998_000) }, new() { From = At(1_500), To = At(999_000) }, new() { FromSequence = 40 }];
        EventField[] fields = [EventField.Action, EventField.ActorId, EventField.OutcomeResult];
        foreach (var filter in filters)
        {
            foreach (var interval in new[] { HistogramInterval.Minute, HistogramInterval.Hour, HistogramInterval.Day })
            {
                var buckets = (await _store.Reader.HistogramAsync(Scope, filter, interval, CancellationToken.None)).Value.Buckets;
                Assert.Equal((await _model.HistogramAsync(Scope, filter, interval, CancellationToken.None)).Value.Buckets, buckets);
            }
            var facets = (await _store.Reader.FacetsAsync(Scope, filter, fields, 500, CancellationToken.None)).Value;
            var wanted = (await _model.FacetsAsync(Scope, filter, fields, 500, CancellationToken.None)).Value;
            Assert.Equal(wanted.Fields.SelectMany(field => field.Values), facets.Fields.SelectMany(field => field.Values));
        }
    }

    private static Timestamp At(int second) => new(1_770_000_000_000_000 + second * 1_000_000L);

    private static AuditEvent Event(Random random, int number) => new()
    {
        Id = $"event-{number}",
        Time = At(random.Next(1_000_000)),
        Action = random.Next(10) switch { < 7 => "read", < 9 => "update", _ => "delete" },
        Actor = new() { Id = $"a-{random.Next(200)}" },
        Resource = new() { Id = $"r-{number}" },
        Outcome = new() { Result = random.Next(9) == 0 ? OutcomeResult.Failure : OutcomeResult.Success },
    };
}
