namespace Domesday.Storage.Embedded.Rows;

/// <summary>Which rows of a part of a ledger are meant; immutable. A run of rows, a list of them, or a bitmap: whichever is small.</summary>
internal abstract class RowSet
{
    /// <summary>Longer lists become bitmaps, so that no array is large enough to burden the garbage collector.</summary>
    public const int ListMax = 16_384;

    public static RowSet Empty { get; } = new RowRange(0, 0);

    public abstract int Count { get; }

    public bool IsEmpty => Count == 0;

    public static RowSet Range(int from, int to) => from < to ? new RowRange(from, to) : Empty;

    /// <param name="rows">Strictly ascending; owned by the set from now on.</param>
    public static RowSet Of(int[] rows) => rows.Length switch
    {
        0 => Empty,
        > ListMax => RowBitmap.From(rows),
        _ => new RowList(rows),
    };

    public abstract bool Contains(int row);

    /// <summary>How many of the rows are below <paramref name="row"/>.</summary>
    public abstract int Rank(int row);

    /// <summary>The row that has <paramref name="rank"/> others of the set below it.</summary>
    public abstract int Select(int rank);

    /// <summary>The rows with ranks from <paramref name="rank"/> on, ascending, as many as fit.</summary>
    /// <returns>How many were written.</returns>
    public abstract int Copy(int rank, Span<int> rows);

    public abstract RowSet And(RowSet other);

    public abstract RowSet Or(RowSet other);

    /// <summary>The rows below <paramref name="rows"/> that are not in the set.</summary>
    public abstract RowSet Not(int rows);

    /// <summary>The size of the intersection, without making it.</summary>
    public abstract int CountAnd(RowSet other);

    /// <summary>How many of the rows lie between <paramref name="from"/> and <paramref name="to"/>, the latter exclusive.</summary>
    public virtual int CountIn(int from, int to) => Rank(to) - Rank(from);
}

/// <summary>Rows without a gap.</summary>
internal sealed class RowRange(int from, int to) : RowSet
{
    public int From => from;

    public int To => to;

    public override int Count => to - from;

    public override bool Contains(int row) => row >= from && row < to;

    public override int Rank(int row) => Math.Clamp(row, from, to) - from;

    public override int Select(int rank) => from + rank;

    public override int Copy(int rank, Span<int> rows)
    {
        var count = Math.Min(rows.Length, Count - rank);
        for (var i = 0; i < count; i++) rows[i] = from + rank + i;
        return count;
    }

    public override RowSet And(RowSet other) => other switch
    {
        RowRange range => Range(Math.Max(from, range.From), Math.Min(to, range.To)),
        RowList list => Of(list.Between(from, to)),
        _ => Count >= ((RowBitmap)other).RowsMax && from == 0 ? other : ((RowBitmap)other).Between(from, to),
    };

    public override RowSet Or(RowSet other)
    {
        if (IsEmpty) return other;
        if (other.IsEmpty || other is RowRange inner && inner.From >= from && inner.To <= to) return this;
        return RowBitmap.From(this).Or(other);
    }

    public override RowSet Not(int rows)
    {
        if (IsEmpty) return Range(0, rows);
        if (from == 0) return Range(to, rows);
        return to >= rows ? Range(0, from) : RowBitmap.From(this).Not(rows);
    }

    public override int CountAnd(RowSet other) => other.Rank(to) - other.Rank(from);
}

/// <summary>Few rows, one by one.</summary>
internal sealed class RowList(int[] rows) : RowSet
{
    public ReadOnlySpan<int> Rows => rows;

    public override int Count => rows.Length;

    public override bool Contains(int row) => Array.BinarySearch(rows, row) >= 0;

    public override int Rank(int row)
    {
        var index = Array.BinarySearch(rows, row);
        return index < 0 ? ~index : index;
    }

    public override int Select(int rank) => rows[rank];

    public override int Copy(int rank, Span<int> target)
    {
        var count = Math.Min(target.Length, rows.Length - rank);
        rows.AsSpan(rank, count).CopyTo(target);
        return count;
    }

    public int[] Between(int from, int to) => rows[Rank(from)..Math.Max(Rank(from), Rank(to))];

    public override RowSet And(RowSet other)
    {
        if (other is RowRange range) return Of(Between(range.From, range.To));
        if (other is RowList list && list.Count < Count) return list.And(this);
        var kept = new int[rows.Length];
        var count = 0;
        foreach (var row in rows)
        {
            if (other.Contains(row)) kept[count++] = row;
        }
        return count == rows.Length ? this : Of(kept[..count]);
    }

    public override RowSet Or(RowSet other)
    {
        if (other is not RowList list || Count + list.Count > ListMax) return other.IsEmpty ? this : RowBitmap.From(rows).Or(other);
        var merged = new int[Count + list.Count];
        var (a, b, count) = (0, 0, 0);
        while (a < rows.Length || b < list.Count)
        {
            var left = a < rows.Length ? rows[a] : int.MaxValue;
            var right = b < list.Count ? list.Rows[b] : int.MaxValue;
            merged[count++] = Math.Min(left, right);
            if (left <= right) a++;
            if (right <= left) b++;
        }
        return Of(merged[..count]);
    }

    public override RowSet Not(int total) => RowBitmap.From(rows).Not(total);

    public override int CountAnd(RowSet other)
    {
        if (other is RowRange range) return Rank(range.To) - Rank(range.From);
        if (other is RowList list && list.Count < Count) return list.CountAnd(this);
        var count = 0;
        foreach (var row in rows)
        {
            if (other.Contains(row)) count++;
        }
        return count;
    }
}
