using Domesday.Core.Reports;

namespace Domesday.Core.Tests.Reports;

/// <summary>Counting different things in memory that does not grow.</summary>
public sealed class DistinctCountTests
{
    [Fact]
    public void Up_to_its_bound_it_is_exact_however_often_each_comes()
    {
        var count = new DistinctCount();
        for (var i = 0; i < 30_000; i++) count.Add((ulong)(i % 10_000), 10_000);
        Assert.Equal((10_000, false), (count.Value, count.IsEstimate));
    }

    [Fact]
    public void Beyond_its_bound_it_is_nearly_right_and_says_that_it_is_an_estimate()
    {
        var count = new DistinctCount();
        // Ascending numbers: what is alike in them must not decide which are kept.
        for (var i = 0UL; i < 1_000_000; i++) count.Add(i * 64, 20_000);
        Assert.True(count.IsEstimate);
        // Five times the usual error of a sample of 10,000.
        Assert.InRange(count.Value, 950_000, 1_050_000);
    }

    [Fact]
    public void A_bound_that_becomes_smaller_meanwhile_is_kept_from_then_on()
    {
        var count = new DistinctCount();
        for (var i = 0UL; i < 50_000; i++) count.Add(i, 50_000);
        Assert.False(count.IsEstimate);
        for (var i = 50_000UL; i < 100_000; i++) count.Add(i, 5_000);
        Assert.True(count.IsEstimate);
        Assert.InRange(count.Value, 90_000, 110_000);
    }
}
