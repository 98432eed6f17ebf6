using System.Numerics;

namespace Domesday.Storage.Embedded.Rows;

/// <summary>Many rows, a bit each, in chunks of 65,536; a chunk without rows is null.</summary>
internal sealed class RowBitmap : RowSet
{
    public const int ChunkRows = 65_536;
    public const int ChunkWords = ChunkRows / 64;

    private readonly ulong[]?[] _chunks;
    private readonly int[] _before;

    /// <param name="chunks">Owned by the set from now on.</param>
    public RowBitmap(ulong[]?[] chunks)
    {
        _chunks = chunks;
        _before = new int[chunks.Length + 1];
        for (var i = 0; i < chunks.Length; i++) _before[i + 1] = _before[i] + CountBits(chunks[i]);
    }

    public override int Count => _before[^1];

    /// <summary>No row is at or beyond it.</summary>
    public int RowsMax => _chunks.Length * ChunkRows;

    public static RowBitmap From(ReadOnlySpan<int> rows)
    {
        var chunks = new ulong[]?[rows.IsEmpty ? 0 : rows[^1] / ChunkRows + 1];
        foreach (var row in rows)
        {
            var chunk = chunks[row / ChunkRows] ??= new ulong[ChunkWords];
            chunk[row % ChunkRows / 64] |= 1UL << row;
        }
        return new(chunks);
    }

    public static RowBitmap From(RowRange range)
    {
        var chunks = new ulong[]?[(range.To + ChunkRows - 1) / ChunkRows];
        for (var i = 0; i < chunks.Length; i++) chunks[i] = Ones(range.From - i * ChunkRows, range.To - i * ChunkRows);
        return new(chunks);
    }

    public override bool Contains(int row) =>
        (uint)row < (uint)RowsMax && _chunks[row / ChunkRows] is { } chunk && (chunk[row % ChunkRows / 64] >> row & 1) != 0;

    public override int Rank(int row)
    {
        if (row <= 0) return 0;
        if (row >= RowsMax) return Count;
        var chunk = _chunks[row / ChunkRows];
        var rank = _before[row / ChunkRows];
        if (chunk is null) return rank;
        var word = row % ChunkRows / 64;
        for (var i = 0; i < word; i++) rank += BitOperations.PopCount(chunk[i]);
        return rank + BitOperations.PopCount(chunk[word] & ((1UL << row) - 1));
    }

    public override int CountIn(int from, int to)
    {
        if (to - from > ChunkRows / 2) return Rank(to) - Rank(from);
        var count = 0;
        for (var row = Math.Max(from, 0); row < to && row < RowsMax; row = (row / 64 + 1) * 64)
        {
            if (_chunks[row / ChunkRows] is not { } chunk) continue;
            var bits = chunk[row % ChunkRows / 64] & ulong.MaxValue << row;
            if (to - (row / 64 * 64) < 64) bits &= (1UL << to) - 1;
            count += BitOperations.PopCount(bits);
        }
        return count;
    }

    public override int Select(int rank)
    {
        Span<int> one = stackalloc int[1];
        return Copy(rank, one) == 1 ? one[0] : throw new ArgumentOutOfRangeException(nameof(rank));
    }

    public override int Copy(int rank, Span<int> rows)
    {
        var index = Array.BinarySearch(_before, rank);
        if (index < 0) index = ~index - 1;
        var skip = rank - _before[Math.Min(index, _chunks.Length)];
        var written = 0;
        for (; index < _chunks.Length && written < rows.Length; index++)
        {
            if (_chunks[index] is not { } chunk) continue;
            for (var word = 0; word < ChunkWords && written < rows.Length; word++)
            {
                var bits = chunk[word];
                var count = BitOperations.PopCount(bits);
                if (skip >= count)
                {
                    skip -= count;
                    continue;
                }
                for (; skip > 0; skip--) bits &= bits - 1;
                for (; bits != 0 && written < rows.Length; bits &= bits - 1) rows[written++] = index * ChunkRows + word * 64 + BitOperations.TrailingZeroCount(bits);
            }
        }
        return written;
    }

    public RowSet Between(int from, int to)
    {
        if (from <= 0 && to >= RowsMax) return this;
        var chunks = new ulong[]?[Math.Min(_chunks.Length, (to + ChunkRows - 1) / ChunkRows)];
        for (var i = 0; i < chunks.Length; i++)
        {
            var (low, high) = (from - i * ChunkRows, to - i * ChunkRows);
            chunks[i] = low <= 0 && high >= ChunkRows ? _chunks[i] : Both(_chunks[i], Ones(low, high));
        }
        return Small(chunks);
    }

    public override RowSet And(RowSet other)
    {
        if (other is not RowBitmap bitmap) return other.And(this);
        var chunks = new ulong[]?[Math.Min(_chunks.Length, bitmap._chunks.Length)];
        for (var i = 0; i < chunks.Length; i++) chunks[i] = Both(_chunks[i], bitmap._chunks[i]);
        return Small(chunks);
    }

    public override RowSet Or(RowSet other)
    {
        var bitmap = other switch
        {
            RowBitmap same => same,
            RowRange range => From(range),
            _ => From(((RowList)other).Rows),
        };
        var chunks = new ulong[]?[Math.Max(_chunks.Length, bitmap._chunks.Length)];
        for (var i = 0; i < chunks.Length; i++)
        {
            chunks[i] = Either(i < _chunks.Length ? _chunks[i] : null, i < bitmap._chunks.Length ? bitmap._chunks[i] : null);
        }
        return new RowBitmap(chunks);
    }

    public override RowSet Not(int rows)
    {
        var chunks = new ulong[]?[(rows + ChunkRows - 1) / ChunkRows];
        for (var i = 0; i < chunks.Length; i++)
        {
            var ones = Ones(0, rows - i * ChunkRows)!;
            if (i < _chunks.Length && _chunks[i] is { } chunk)
            {
                for (var word = 0; word < ChunkWords; word++) ones[word] &= ~chunk[word];
            }
            chunks[i] = ones;
        }
        return Small(chunks);
    }

    public override int CountAnd(RowSet other)
    {
        if (other is not RowBitmap bitmap) return other is RowRange range ? Rank(range.To) - Rank(range.From) : other.CountAnd(this);
        var count = 0;
        for (var i = Math.Min(_chunks.Length, bitmap._chunks.Length) - 1; i >= 0; i--)
        {
            if (_chunks[i] is not { } left || bitmap._chunks[i] is not { } right) continue;
            for (var word = 0; word < ChunkWords; word++) count += BitOperations.PopCount(left[word] & right[word]);
        }
        return count;
    }

    /// <summary>As a list, when there are few: further intersections are then cheap.</summary>
    public static RowSet Small(ulong[]?[] chunks)
    {
        var bitmap = new RowBitmap(chunks);
        if (bitmap.Count > ListMax / 4) return bitmap;
        var rows = new int[bitmap.Count];
        bitmap.Copy(0, rows);
        return Of(rows);
    }

    private static ulong[]? Both(ulong[]? left, ulong[]? right)
    {
        if (left is null || right is null) return null;
        var both = new ulong[ChunkWords];
        var any = 0UL;
        for (var i = 0; i < ChunkWords; i++) any |= both[i] = left[i] & right[i];
        return any == 0 ? null : both;
    }

    private static ulong[]? Either(ulong[]? left, ulong[]? right)
    {
        if (left is null || right is null) return left ?? right;
        var either = new ulong[ChunkWords];
        for (var i = 0; i < ChunkWords; i++) either[i] = left[i] | right[i];
        return either;
    }

    /// <summary>The bits from <paramref name="from"/> to <paramref name="to"/>, both relative to the chunk and possibly outside of it; null when there are none.</summary>
    private static ulong[]? Ones(int from, int to)
    {
        (from, to) = (Math.Max(from, 0), Math.Min(to, ChunkRows));
        if (from >= to) return null;
        var chunk = new ulong[ChunkWords];
        var (first, last) = (from / 64, (to - 1) / 64);
        chunk.AsSpan(first, last - first + 1).Fill(ulong.MaxValue);
        chunk[first] &= ulong.MaxValue << from;
        chunk[last] &= ulong.MaxValue >> (63 - ((to - 1) & 63));
        return chunk;
    }

    private static int CountBits(ulong[]? chunk)
    {
        var count = 0;
        if (chunk is null) return 0;
        foreach (var word in chunk) count += BitOperations.PopCount(word);
        return count;
    }
}
