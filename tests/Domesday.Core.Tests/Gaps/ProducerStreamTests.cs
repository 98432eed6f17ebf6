using Domesday.Core.Gaps;
using Domesday.Events;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Core.Tests.Gaps;

/// <summary>What is missing of a numbered stream is known exactly, in whatever order its numbers come.</summary>
public class ProducerStreamTests
{
    private static readonly Timestamp Time = new(1);

    private static ProducerStream Of(params IEnumerable<long> numbers)
    {
        var stream = new ProducerStream();
        foreach (var number in numbers) stream.Add(number, Time);
        return stream;
    }

    [Fact]
    public void A_gap_is_named_by_its_first_and_last_missing_number()
    {
        var stream = Of(1, 2, 5, 9);
        Assert.Equal([new(3, 4, Time), new(6, 8, Time)], stream.Gaps);
        Assert.Equal((9, 4, 5), (stream.Last, stream.Received, stream.Missing));
    }

    [Fact]
    public void A_stream_that_begins_late_lacks_its_beginning() => Assert.Equal(new GapRange(1, 6, Time), Assert.Single(Of(7).Gaps));

    [Fact]
    public void Late_numbers_fill_gaps_and_repeated_ones_change_nothing()
    {
        var stream = Of(10, 5, 5, 1, 9, 2, 10);
        Assert.Equal([new(3, 4, Time), new(6, 8, Time)], stream.Gaps);
        Assert.Equal((5, 5), (stream.Received, stream.Missing));
        foreach (var number in new long[] { 3, 4, 6, 7, 8 }) stream.Add(number, Time);
        Assert.Empty(stream.Gaps);
        Assert.Equal((10, 0), (stream.Received, stream.Missing));
    }

    [Fact]
    public void Any_order_of_any_numbers_leaves_exactly_what_did_not_come() => Prop.ForAll(Gen.ListOf(Gen.Choose(1, 60)).ToArbitrary(), numbers =>
    {
        var came = numbers.Select(number => (long)number).ToHashSet();
        var stream = Of(numbers.Select(number => (long)number));
        var missing = stream.Gaps.SelectMany(gap => Enumerable.Range((int)gap.First, (int)(gap.Last - gap.First + 1))).Select(number => (long)number);
        var expected = Enumerable.Range(1, (int)came.DefaultIfEmpty(0).Max()).Select(number => (long)number).Where(number => !came.Contains(number));
        return missing.SequenceEqual(expected) && stream.Received == came.Count && stream.Missing == expected.LongCount();
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Fact]
    public void More_gaps_than_are_remembered_are_still_counted()
    {
        var stream = Of(Enumerable.Range(1, 5_000).Select(number => number * 2L));
        Assert.Equal(ProducerStream.RangesMax, stream.Gaps.Count);
        Assert.Equal((5_000, 5_000), (stream.Missing, stream.Received));
    }
}
