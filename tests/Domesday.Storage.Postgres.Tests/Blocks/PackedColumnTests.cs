using Domesday.Core.Storage;
using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Upkeep;

namespace Domesday.Storage.Postgres.Tests.Blocks;

/// <summary>Columns come back as they were, however they were packed; what is damaged is refused.</summary>
public sealed class PackedColumnTests
{
    public static TheoryData<int, int> Columns { get; } = new()
    {
        { 1, 1 }, { 1, 70_000 }, { 7, 2 }, { 8, 3 }, { 9, 4 }, { 1_000, 5 }, { 1_000, 17 }, { 1_000, 200 }, { 1_000, 300 }, { 8_192, 1 }, { 8_192, 12_000 }, { 8_192, 70_000 }, { 8_192, 20_000_000 },
    };

    [Theory]
    [MemberData(nameof(Columns))]
    public void Codes_come_back(int count, int codesMax)
    {
        var random = new Random(count * 31 + codesMax);
        var packer = new CodePacker();
        foreach (var first in (int[])[0, 1, 60_000])
        {
            var codes = Enumerable.Range(0, count).Select(_ => first + random.Next(codesMax)).ToArray();
            codes[^1] = first + codesMax;
            Assert.Equal(codes, Read(packer.Pack(codes)!, count));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(65_536)]
    [InlineData(1L << 40)]
    [InlineData(long.MaxValue)]
    public void Times_and_hashes_come_back(long spread)
    {
        var random = new Random(7);
        foreach (var start in (long[])[0, 5, -1_000, 1_790_000_000_000_000])
        {
            var values = Enumerable.Range(0, 1_001).Select(_ => unchecked(start + random.NextInt64(spread))).Append(unchecked(start + spread)).Append(start).ToArray();
            Assert.Equal(values, Numbers(PackedNumbers.Pack(values) ?? PackedNumbers.Zeros, values.Length));
        }
        long[] extremes = [long.MinValue, 0, long.MaxValue];
        Assert.Equal(extremes, Numbers(PackedNumbers.Pack(extremes)!, 3));
    }

    [Fact]
    public void A_column_of_nothing_takes_nothing()
    {
        Assert.Null(new CodePacker().Pack(new int[100]));
        Assert.Null(PackedNumbers.Pack(new long[100]));
    }

    [Fact]
    public void A_column_that_was_cut_or_belongs_to_another_block_is_refused()
    {
        var (codes, numbers) = (new CodePacker().Pack([1, 2, 3, 1, 2, 900_000])!, PackedNumbers.Pack([5, 6, 70_000])!);
        Assert.Throws<CorruptLedgerException>(() => Read(codes[..^1], 6));
        Assert.Throws<CorruptLedgerException>(() => Read(codes, 60));
        Assert.Throws<CorruptLedgerException>(() => Read([], 6));
        Assert.Throws<CorruptLedgerException>(() => Read([9, 0, 0, 0, 0], 6));
        Assert.Throws<CorruptLedgerException>(() => Numbers(numbers[..^1], 3));
        Assert.Throws<CorruptLedgerException>(() => Numbers(numbers, 4));
    }

    [Fact]
    public void Joining_waits_for_a_block_but_never_leaves_many_rows()
    {
        Assert.Empty(BlockJoin.Choose(Rows(1, 1, 1), 100, isOver: false));
        Assert.Equal(3, BlockJoin.Choose(Rows(1, 1, 1), 100, isOver: true).Count);
        Assert.Equal(2, BlockJoin.Choose(Rows(90, 10), 100, isOver: false).Count);
        Assert.Equal(20, BlockJoin.Choose(Rows([.. Enumerable.Repeat(1, 20)]), 10_000, isOver: false).Count);
        // The large one is not copied again for the sake of some small ones.
        Assert.Equal(20, BlockJoin.Choose(Rows([9_000, .. Enumerable.Repeat(1, 20)]), 10_000, isOver: false).Count);
        var (rows, copied) = (new List<int>(), 0L);
        for (var i = 0; i < 9_000; i++)
        {
            rows.Add(1);
            var chosen = BlockJoin.Choose(Rows([.. rows]), 10_000, isOver: false);
            copied += chosen.Sum(row => (long)row.Count);
            if (chosen.Count > 0) rows = [.. rows[..^chosen.Count], chosen.Sum(row => row.Count)];
            Assert.InRange(rows.Count, 1, 40);
        }
        Assert.InRange(copied, 9_000, 9_000 * 20);
    }

    [Fact]
    public void Events_with_one_code_are_found_in_every_form_of_a_column()
    {
        foreach (var most in (int[])[1, 2, 4, 16, 200, 5_000, 70_000])
        {
            var codes = Enumerable.Range(0, 4_096).Select(i => 1 + i * 7_919 % most).ToArray();
            var column = new CodeColumn(new CodePacker().Pack(codes)!, codes.Length);
            foreach (var code in (int[])[1, codes[^1], most + 1])
            {
                var indexes = Enumerable.Range(0, codes.Length).ToArray();
                Assert.Equal(Enumerable.Range(0, codes.Length).Where(index => codes[index] == code), indexes[..column.Keep(code, indexes)]);
                // From anywhere to anywhere, whatever a processor takes at once.
                foreach (var (from, to) in new[] { (0, codes.Length), (1, codes.Length - 1), (33, 97), (4_000, 4_000) })
                {
                    Assert.Equal(Enumerable.Range(from, to - from).Where(index => codes[index] == code), indexes[..column.Find(code, from, to, indexes)]);
                }
            }
        }
    }

    [Fact]
    public void Events_with_one_of_several_codes_or_none_of_them_are_found_in_every_form_of_a_column()
    {
        foreach (var most in (int[])[1, 3, 16, 200, 70_000])
        {
            var codes = Enumerable.Range(0, 3_000).Select(i => i * 7_919 % (most + 1)).ToArray();
            var column = new CodeColumn(new CodePacker().Pack(codes)!, codes.Length);
            foreach (var wanted in new[] { new HashSet<int> { 1, most }, new HashSet<int> { most + 1, most + 2 } })
            {
                foreach (var not in (bool[])[false, true])
                {
                    var indexes = Enumerable.Range(0, codes.Length).ToArray();
                    Assert.Equal(Enumerable.Range(0, codes.Length).Where(index => wanted.Contains(codes[index]) != not), indexes[..column.Keep(wanted, not, indexes)]);
                }
            }
        }
    }

    private static List<int> Read(byte[] packed, int count)
    {
        var column = new CodeColumn(packed, count);
        return Enumerable.Range(0, count).Select(index => column[index]).ToList();
    }

    private static List<long> Numbers(byte[] packed, int count)
    {
        var column = new NumberColumn(packed, count);
        return Enumerable.Range(0, count).Select(index => column[index]).ToList();
    }

    private static List<BlockHead> Rows(params int[] counts)
    {
        var first = 0L;
        return [.. counts.Select(count => new BlockHead(1, (first += count) - count, count, 0, 0, IsFresh: true))];
    }
}
