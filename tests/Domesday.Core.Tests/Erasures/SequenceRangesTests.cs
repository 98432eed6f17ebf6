using Domesday.Core.Erasures;

namespace Domesday.Core.Tests.Erasures;

/// <summary>Sequences are written as runs, and read back as they were.</summary>
public sealed class SequenceRangesTests
{
    [Theory]
    [InlineData("0", 0L)]
    [InlineData("17,20-22,9007199254740993", 17L, 20L, 21L, 22L, 9007199254740993L)]
    [InlineData("0-1,3", 0L, 1L, 3L)]
    public void Runs_are_written_by_their_ends(string expected, params long[] sequences)
    {
        Assert.Equal(expected, Assert.Single(SequenceRanges.Write(sequences, 1_000)));
        Assert.Equal(sequences, SequenceRanges.Read(expected).SelectMany(range => Enumerable.Range(0, (int)(range.Last - range.First) + 1).Select(step => range.First + step)));
        Assert.All(sequences, sequence => Assert.True(SequenceRanges.Contains(expected, sequence)));
        Assert.False(SequenceRanges.Contains(expected, 2));
    }

    [Fact]
    public void A_list_that_is_too_long_is_split_between_runs_and_no_part_is_longer_than_allowed()
    {
        long[] sequences = [.. Enumerable.Range(0, 10_000).Select(number => number * 3L)];
        var texts = SequenceRanges.Write(sequences, 100);
        Assert.All(texts, text => Assert.InRange(text.Length, 1, 100));
        Assert.Equal(sequences, texts.SelectMany(SequenceRanges.Read).Select(range => range.First));
    }
}
