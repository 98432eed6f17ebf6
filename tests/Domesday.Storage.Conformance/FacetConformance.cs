using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Schema;

namespace Domesday.Storage.Conformance;

/// <summary>Distinct values with their counts, and events over time.</summary>
public abstract class FacetConformance(IStoreFactory factory) : StoreConformance(factory)
{
    private static AuditEvent Of(int index, string service, string? region = null) =>
        At($"e{index}", index) with { Service = service, Scope = region is null ? null : new() { Region = region } };

    private async Task<IReadOnlyList<Facet>> FacetsAsync(EventFilter filter, int valuesMax, params IReadOnlyList<EventField> fields)
    {
        var facets = Value(await Reader.FacetsAsync(Whole, filter, fields, valuesMax, Cancellation)).Fields;
        Assert.Equal(fields, facets.Select(facet => facet.Field));
        return facets;
    }

    [Fact]
    public async Task Values_come_most_frequent_first_and_equal_ones_by_name()
    {
        await AppendAsync(Of(0, "b"), Of(1, "a", "r\"1\""), Of(2, "c"), Of(3, "c", "ü"), Of(4, "d"), Of(5, "d"));
        var facets = await FacetsAsync(EventFilter.All, 10, EventField.Service, EventField.ScopeRegion, EventField.ScopeDomain);
        Assert.Equal([new("c", 2), new("d", 2), new("a", 1), new("b", 1)], facets[0].Values);
        Assert.Equal([new("r\"1\"", 1), new("ü", 1)], facets[1].Values);
        Assert.Empty(facets[2].Values);
        Assert.Equal([4, 2, 0], facets.Select(facet => facet.Distinct));
    }

    [Fact]
    public async Task What_is_cut_off_is_still_counted_as_distinct()
    {
        await AppendAsync(Of(0, "b"), Of(1, "a"), Of(2, "c"), Of(3, "c"), Of(4, "d"), Of(5, "d"));
        var facet = (await FacetsAsync(EventFilter.All, 3, EventField.Service))[0];
        Assert.Equal([new("c", 2), new("d", 2), new("a", 1)], facet.Values);
        Assert.Equal(4, facet.Distinct);
    }

    [Fact]
    public async Task Only_what_matches_is_counted()
    {
        var random = new Random(29);
        for (var round = 0; round < 4; round++)
        {
            await AppendAsync(Enumerable.Range(round * 25, 25).Select(index => Of(index, $"s{index % 3}", $"r{index % 7}")));
            await DisturbAsync(random);
        }
        var filter = new EventFilter { From = Second(10), To = Second(90), Conditions = [FieldCondition.Is(EventField.ScopeRegion, "r1", "r2")] };
        var expected = Enumerable.Range(10, 80).Where(index => index % 7 is 1 or 2).CountBy(index => $"s{index % 3}")
            .OrderByDescending(value => value.Value).ThenBy(value => value.Key, StringComparer.Ordinal).Select(value => new FacetValue(value.Key, value.Value));
        Assert.Equal(expected, (await FacetsAsync(filter, 10, EventField.Service))[0].Values);
    }

    [Fact]
    public async Task Fields_with_a_value_of_their_own_in_every_event_are_counted_too()
    {
        await AppendManyAsync(1_000, index => At($"e{index}", index) with { Actor = new() { Name = $"user {index % 400:d3}" } });
        var facets = await FacetsAsync(EventFilter.All, 5, EventField.Id, EventField.ActorName);
        Assert.Equal([1_000, 400], facets.Select(facet => facet.Distinct));
        Assert.Equal(["e0", "e1", "e10", "e100", "e101"], facets[0].Values.Select(value => value.Value));
        Assert.Equal([new("user 000", 3), new("user 001", 3), new("user 002", 3), new("user 003", 3), new("user 004", 3)], facets[1].Values);
    }

    [Theory]
    [InlineData(HistogramInterval.Minute, 60)]
    [InlineData(HistogramInterval.Hour, 3_600)]
    [InlineData(HistogramInterval.Day, 86_400)]
    public async Task Buckets_begin_at_whole_minutes_hours_and_days_and_count_failures(HistogramInterval interval, int seconds)
    {
        int[] times = [0, 1, seconds - 1, seconds, 3 * seconds, 3 * seconds + 1];
        await AppendAsync(times.Select((second, index) => At($"e{index}", second) with { Outcome = new() { Result = index % 2 == 0 ? OutcomeResult.Failure : OutcomeResult.Success } }));
        var histogram = Value(await Reader.HistogramAsync(Whole, EventFilter.All, interval, Cancellation));
        Assert.Equal(interval, histogram.Interval);
        Assert.Equal([new(Second(0), 3, 2), new(Second(seconds), 1, 0), new(Second(3 * seconds), 2, 1)], histogram.Buckets);
    }

    [Theory]
    [InlineData(3_600, HistogramInterval.Minute)]
    [InlineData(4 * 3_600, HistogramInterval.Minute)]
    [InlineData(4 * 3_600 + 1, HistogramInterval.Hour)]
    [InlineData(14 * 86_400, HistogramInterval.Hour)]
    [InlineData(14 * 86_400 + 1, HistogramInterval.Day)]
    public async Task Without_a_wish_the_interval_follows_from_the_span_of_what_matches(int seconds, HistogramInterval expected)
    {
        await AppendAsync(At("first", 0), At("last", seconds), At("outside", 400 * 86_400) with { Service = "other" });
        var filter = new EventFilter { Conditions = [FieldCondition.Is(EventField.Service, "other") with { Not = true }] };
        var histogram = Value(await Reader.HistogramAsync(Whole, filter, null, Cancellation));
        Assert.Equal(expected, histogram.Interval);
        Assert.Equal(2, histogram.Buckets.Sum(bucket => bucket.Count));
    }

    [Fact]
    public async Task Times_before_1970_fall_into_the_bucket_that_holds_them()
    {
        var time = Timestamp.FromDateTimeOffset(new DateTimeOffset(1969, 12, 31, 23, 59, 59, TimeSpan.Zero));
        await AppendAsync(Event("old") with { Time = time });
        var bucket = Value(await Reader.HistogramAsync(Whole, EventFilter.All, HistogramInterval.Hour, Cancellation)).Buckets.Single();
        Assert.Equal("1969-12-31T23:00:00.000000Z", bucket.From.ToString());
    }
}
