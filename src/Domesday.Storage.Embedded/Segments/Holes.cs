using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Rows;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>The rows of a segment whose events were erased before it was written: nothing of them is in it but their places.</summary>
internal static class Holes
{
    private const int RowsAtOnce = 1_024;
    private const long DayMicroseconds = 86_400_000_000;

    /// <summary>The count, then each row as its distance from the one before.</summary>
    public static Section Write(SegmentOutput output, RowSet holes)
    {
        var bytes = new ByteBuffer();
        bytes.WriteInt32(holes.Count);
        var last = 0;
        foreach (var row in Each(holes))
        {
            bytes.WriteVarint((ulong)(row - last));
            last = row;
        }
        return output.Write(bytes.Written);
    }

    public static RowSet Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var rows = new int[reader.Int32()];
        for (var i = 0; i < rows.Length; i++) rows[i] = (i == 0 ? 0 : rows[i - 1]) + (int)reader.Varint();
        return RowSet.Of(rows);
    }

    /// <summary>Where every row needs a number, a hole gets that of a neighbour: nothing of its own stays, and ascending numbers ascend.</summary>
    public static void Fill(Span<long> numbers, RowSet holes)
    {
        foreach (var row in Each(holes)) numbers[row] = row > 0 ? numbers[row - 1] : FirstBeyond(numbers, holes);
    }

    /// <summary>What a segment of nothing but holes is kept by: the day of the youngest, and no more of its time.</summary>
    /// <param name="time">Microseconds.</param>
    public static long EndOfDay(long time) => ((long)Math.Floor((decimal)time / DayMicroseconds) + 1) * DayMicroseconds - 1;

    public static IEnumerable<int> Each(RowSet rows)
    {
        var some = new int[Math.Min(rows.Count, RowsAtOnce)];
        for (var rank = 0; rank < rows.Count; rank += some.Length)
        {
            var count = rows.Copy(rank, some);
            for (var i = 0; i < count; i++) yield return some[i];
        }
    }

    private static long FirstBeyond(ReadOnlySpan<long> numbers, RowSet holes)
    {
        var row = 0;
        while (row < numbers.Length && holes.Contains(row)) row++;
        return row < numbers.Length ? numbers[row] : 0;
    }
}
