using Domesday.Core.Query;
using Domesday.Events;

namespace Domesday.Storage.Conformance;

/// <summary>Orders, pages, cursors, offsets, totals and snapshots.</summary>
public abstract class PageConformance(IStoreFactory factory) : StoreConformance(factory)
{
    /// <summary>Times that do not follow the order of arrival, with repetitions.</summary>
    private static int LateSecond(int index) => index * 7919 % 97;

    [Theory]
    [InlineData(EventOrder.Sequence, true)]
    [InlineData(EventOrder.Sequence, false)]
    [InlineData(EventOrder.Time, true)]
    [InlineData(EventOrder.Time, false)]
    public async Task Pages_by_cursor_and_by_offset_show_everything_once_and_in_order(EventOrder order, bool descending)
    {
        var random = new Random(11);
        for (var round = 0; round < 5; round++)
        {
            await AppendAsync(Enumerable.Range(round * 60, 60).Select(index => At($"e{index}", LateSecond(index))));
            await DisturbAsync(random);
        }
        var expected = Enumerable.Range(0, 300).OrderBy(index => order == EventOrder.Time ? LateSecond(index) : 0).ThenBy(index => index).Select(index => $"e{index}").ToList();
        if (descending) expected.Reverse();
        foreach (var limit in new[] { 1, 7, 100, 299, 300, 301 })
        {
            Assert.Equal(expected, await WalkAsync(new() { Order = order, Descending = descending, Limit = limit }));
        }
        foreach (var offset in new[] { 0, 1, 59, 60, 61, 299, 300, 301, 1_000_000 })
        {
            var page = await ListAsync(new() { Order = order, Descending = descending, Limit = 50, Offset = offset, Total = true });
            Assert.Equal(expected.Skip(offset).Take(50), page.Entries.Select(IdOf));
            Assert.Equal(300, page.Total);
            Assert.Equal(offset + 50 < 300, page.Next is not null);
        }
        Assert.Equal(expected, (await ReadAllAsync(EventFilter.All, order, descending)).Select(IdOf));
    }

    [Fact]
    public async Task Newest_first_is_what_comes_without_a_wish()
    {
        await AppendAsync(At("a", 5), At("b", 1), At("c", 3));
        Assert.Equal(["c", "b", "a"], (await ListAsync(new())).Entries.Select(IdOf));
        Assert.Equal(["a", "c", "b"], (await ListAsync(new() { Order = EventOrder.Time })).Entries.Select(IdOf));
    }

    [Fact]
    public async Task The_next_cursor_is_there_exactly_when_more_matches()
    {
        await AppendManyAsync(10, index => Event($"e{index}", index % 2 == 0 ? "create" : "delete"));
        var filter = new EventFilter { Conditions = [FieldCondition.Is(Events.Schema.EventField.Action, "create")] };
        Assert.NotNull((await ListAsync(new() { Filter = filter, Limit = 4 })).Next);
        Assert.Null((await ListAsync(new() { Filter = filter, Limit = 5 })).Next);
        Assert.Null((await ListAsync(new() { Filter = filter, Limit = 6 })).Next);
    }

    [Fact]
    public async Task A_page_of_no_events_still_counts()
    {
        await AppendManyAsync(10);
        var page = await ListAsync(new() { Limit = 0, Total = true });
        Assert.Empty(page.Entries);
        Assert.Equal(10, page.Total);
        Assert.Null((await ListAsync(new() { Limit = 3 })).Total);
    }

    [Fact]
    public async Task A_total_counts_everything_that_matches_not_what_is_left()
    {
        await AppendManyAsync(10);
        var first = await ListAsync(new() { Limit = 4, Total = true });
        var second = await ListAsync(new() { Limit = 4, Total = true, After = first.Next });
        Assert.Equal((10, 10), (first.Total, second.Total));
    }

    [Theory]
    [InlineData(EventOrder.Sequence, true)]
    [InlineData(EventOrder.Sequence, false)]
    [InlineData(EventOrder.Time, true)]
    [InlineData(EventOrder.Time, false)]
    public async Task A_walk_by_cursor_neither_skips_nor_repeats_while_events_arrive(EventOrder order, bool descending)
    {
        var random = new Random(13);
        var before = await AppendManyAsync(200, index => At($"e{index}", LateSecond(index)));
        var walked = new List<StoredEntry>();
        PageCursor? cursor = null;
        for (var arrived = 0; ; arrived++)
        {
            var page = await ListAsync(new() { Order = order, Descending = descending, Limit = 9, After = cursor });
            walked.AddRange(page.Entries);
            if (page.Next is null) break;
            cursor = Reparsed(page.Next.Value);
            if (arrived < 60) await AppendAsync(At($"late {arrived}", LateSecond(arrived * 31)), At($"later {arrived}", 100 + arrived));
            if (arrived % 10 == 9) await DisturbAsync(random);
        }
        Assert.Equal(walked.Count, walked.Select(entry => entry.Sequence).Distinct().Count());
        Assert.Empty(before.Select(receipt => receipt.Sequence).Except(walked.Select(entry => entry.Sequence)));
        Assert.Equal(Ordered(walked, order, descending), walked.Select(entry => entry.Sequence));
        if (order == EventOrder.Sequence && !descending) Assert.Equal(Store.Size(Tenant), walked.Count);
    }

    [Theory]
    [InlineData(EventOrder.Sequence, true)]
    [InlineData(EventOrder.Sequence, false)]
    [InlineData(EventOrder.Time, true)]
    [InlineData(EventOrder.Time, false)]
    public async Task A_stream_shows_one_snapshot_whatever_is_stored_meanwhile(EventOrder order, bool descending)
    {
        var random = new Random(17);
        await AppendManyAsync(2_500, index => At($"e{index}", LateSecond(index)));
        await DisturbAsync(random);
        await AppendAsync(Enumerable.Range(2_500, 500).Select(index => At($"e{index}", LateSecond(index))));
        var read = new List<StoredEntry>();
        var added = 0;
        await foreach (var batch in Reader.ReadAsync(Whole, EventFilter.All, order, descending, Cancellation))
        {
            read.AddRange(batch.Select(entry => entry with { Bytes = entry.Bytes.ToArray() }));
            await AppendAsync(At($"meanwhile {added}", 50), At($"meanwhile, later {added++}", 1_000));
        }
        Assert.True(added > 0);
        Assert.Equal(3_000, read.Count);
        Assert.Equal(Enumerable.Range(0, 3_000).Select(index => (long)index), read.Select(entry => entry.Sequence).Order());
        Assert.Equal(Ordered(read, order, descending), read.Select(entry => entry.Sequence));
        Assert.Equal(read.Select(entry => $"e{entry.Sequence}"), read.Select(IdOf));
    }

    [Fact]
    public async Task A_stream_can_be_left_in_the_middle()
    {
        await AppendManyAsync(3_000);
        await foreach (var batch in Reader.ReadAsync(Whole, EventFilter.All, EventOrder.Sequence, descending: false, Cancellation))
        {
            Assert.Equal(0, batch[0].Sequence);
            break;
        }
        await AppendAsync(Event("after"));
        Assert.Equal(3_001, (await ReadAllAsync(EventFilter.All, EventOrder.Sequence, descending: false)).Count);
    }

    [Fact]
    public async Task The_entries_of_a_page_stay_as_they_are()
    {
        var random = new Random(19);
        await AppendManyAsync(100);
        var page = await ListAsync(new() { Limit = 100 });
        var before = page.Entries.Select(TextOf).ToList();
        for (var round = 0; round < 3; round++)
        {
            await AppendAsync(Enumerable.Range(0, 100).Select(index => Event($"more {round} {index}")));
            await ListAsync(new() { Limit = 1_000 });
        }
        Assert.Equal(before, page.Entries.Select(TextOf));
        await DisturbAsync(random);
    }

    [Fact]
    public async Task Every_answer_says_up_to_when_it_is_complete()
    {
        await AppendManyAsync(3);
        var stored = Timestamp.FromDateTimeOffset(Time.GetUtcNow());
        Time.Advance(TimeSpan.FromMinutes(5));
        var now = Timestamp.FromDateTimeOffset(Time.GetUtcNow());
        Timestamp[] answers =
        [
            (await ListAsync(new())).CompleteThrough,
            Value(await Reader.FacetsAsync(Whole, EventFilter.All, Facets.DefaultFields, 10, Cancellation)).CompleteThrough,
            Value(await Reader.HistogramAsync(Whole, EventFilter.All, null, Cancellation)).CompleteThrough,
        ];
        Assert.All(answers, through => Assert.InRange(through.Microseconds, stored.Microseconds, now.Microseconds));
    }

    private static PageCursor Reparsed(PageCursor cursor)
    {
        Assert.True(PageCursor.TryParse(cursor.ToString(), out var parsed));
        return parsed.Value;
    }

    private static List<long> Ordered(IEnumerable<StoredEntry> entries, EventOrder order, bool descending)
    {
        var ascending = entries.OrderBy(entry => order == EventOrder.Time ? Events.Json.EventJson.Read(entry.Bytes.Span).Time!.Value.Microseconds : 0).ThenBy(entry => entry.Sequence).Select(entry => entry.Sequence).ToList();
        if (descending) ascending.Reverse();
        return ascending;
    }

    private async Task<List<string>> WalkAsync(EventQuery query)
    {
        var walked = new List<string>();
        while (true)
        {
            var page = await ListAsync(query);
            walked.AddRange(page.Entries.Select(IdOf));
            if (page.Next is null) return walked;
            Assert.Equal(query.Limit, page.Entries.Count);
            query = query with { After = Reparsed(page.Next.Value) };
        }
    }
}
