using System.Runtime.InteropServices;
using System.Text;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Rows;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>A run of a ledger's events that is searched as one: a segment or a memory table. For one query, in one thread.</summary>
internal abstract class LedgerPart(string tenant, long firstSequence, int rows, ErasedPart erased)
{
    /// <summary>The times of fewer rows than this are looked at one by one.</summary>
    private const int FewRows = 4_096;

    private ByteBuffer? _entry;
    private FieldSlice[]? _slices;

    public string Tenant => tenant;

    public long FirstSequence => firstSequence;

    public int Rows => rows;

    /// <summary>The rows that no query finds.</summary>
    public RowSet Erased => erased.Rows;

    /// <summary>Earliest time, or earlier; microseconds.</summary>
    public abstract long TimeMin { get; }

    /// <summary>Latest time, or later; microseconds.</summary>
    public abstract long TimeMax { get; }

    /// <summary>Whether the times of the rows ascend.</summary>
    public abstract bool IsTimeOrdered { get; }

    /// <summary>Whether <see cref="RowByTime"/> has to sort everything first.</summary>
    public virtual bool IsOrderSlow => false;

    public abstract long Time(int row);

    /// <summary>Appends a row's entry.</summary>
    public abstract void Append(int row, ByteBuffer output);

    /// <summary>Adds some fields of a row.</summary>
    public abstract void AddFields(int row, FieldRows output);

    /// <summary>The row at a place in the order of times, equal times by row.</summary>
    public abstract int RowByTime(int rank);

    /// <summary>Adds how often each value of a field occurs among the rows.</summary>
    public abstract void CountValues(EventField field, RowSet rows, Dictionary<string, long> counts);

    /// <summary>Adds the rows to a histogram.</summary>
    public abstract void CountTimes(RowSet rows, HistogramInterval interval, HistogramCounts counts);

    /// <summary>Earliest and latest time of some rows, at least one; microseconds.</summary>
    public (long First, long Last) TimesOf(RowSet rows)
    {
        if (IsTimeOrdered) return (Time(rows.Select(0)), Time(rows.Select(rows.Count - 1)));
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var row in Each(rows))
        {
            var time = Time(row);
            (first, last) = (Math.Min(first, time), Math.Max(last, time));
        }
        return (first, last);
    }

    /// <summary>The rows that match.</summary>
    public RowSet Evaluate(CompiledFilter filter)
    {
        var found = RowSet.Range(RowOf(filter.Filter.FromSequence ?? 0), RowOf(filter.Filter.ToSequence ?? long.MaxValue));
        if (filter.TimeFrom > TimeMax || filter.TimeTo <= TimeMin) return RowSet.Empty;
        if (erased.Kept is { } kept) found = found.And(kept);
        var timeMatters = filter.TimeFrom > TimeMin || filter.TimeTo <= TimeMax;
        if (timeMatters && (IsTimeOrdered || filter.HasNoConditions))
        {
            found = found.And(RowsBetween(filter.TimeFrom, filter.TimeTo));
            timeMatters = false;
        }
        foreach (var condition in filter.Conditions)
        {
            if (found.IsEmpty) return found;
            var rows = condition.Sequences is { } sequences ? RowsAt(sequences) : condition is { Field: EventField.Time, Condition.Match: MatchKind.OutsideHours } ? OutsideHours(condition, found) : Matching(condition, found);
            found = found.And(condition.Not ? rows.Not(Rows) : rows);
        }
        if (timeMatters) found = found.Count <= FewRows ? InTime(found, filter) : found.And(RowsBetween(filter.TimeFrom, filter.TimeTo));
        if (filter.Search is not { } search || found.IsEmpty) return found;
        var any = RowSet.Empty;
        foreach (var condition in search) any = any.Or(Matching(condition, found));
        return found.And(any);
    }

    /// <summary>The rows with times from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    protected abstract RowSet RowsBetween(long from, long to);

    /// <summary>The rows that satisfy a condition, without its negation; at least those among <paramref name="candidates"/>.</summary>
    protected abstract RowSet Matching(CompiledCondition condition, RowSet candidates);

    /// <summary>By the times that the part has as numbers.</summary>
    private RowSet OutsideHours(CompiledCondition condition, RowSet candidates)
    {
        var rows = new RowSetBuilder(Rows);
        foreach (var row in Each(candidates))
        {
            if (condition.Matcher.IsOutside(new(Time(row)))) rows.Add(row);
        }
        return rows.Build();
    }

    /// <summary>Looks at each candidate's entry: for what no index answers.</summary>
    protected RowSet Scan(CompiledCondition condition, RowSet candidates)
    {
        var rows = new RowSetBuilder(Rows);
        foreach (var row in Each(candidates))
        {
            if (condition.Matcher.Matches(ValueInEntry(condition.Field, row))) rows.Add(row);
        }
        return rows.Build();
    }

    /// <summary>As <see cref="CountValues"/>, by looking at each entry.</summary>
    protected void CountByEntry(EventField field, RowSet rows, Dictionary<string, long> counts)
    {
        foreach (var row in Each(rows)) Add(counts, Encoding.UTF8.GetString(CanonicalText.Unescape(ValueInEntry(field, row))), 1);
    }

    protected static void Add(Dictionary<string, long> counts, string value, long count)
    {
        if (count == 0 || value.Length == 0) return;
        CollectionsMarshal.GetValueRefOrAddDefault(counts, value, out _) += count;
    }

    /// <summary>Takes one back of what was added.</summary>
    protected static void Take(Dictionary<string, long> counts, string value)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(counts, value);
        if (--count == 0) counts.Remove(value);
    }

    private ReadOnlySpan<byte> ValueInEntry(EventField field, int row)
    {
        var (entry, slices) = (_entry ??= new(), _slices ??= new FieldSlice[EventSchema.Count]);
        entry.Clear();
        Append(row, entry);
        EntrySlicer.Slice(entry.Written, slices);
        return slices[(int)field].Of(entry.Written);
    }

    /// <summary>The rows of a set, ascending.</summary>
    protected static IEnumerable<int> Each(RowSet rows)
    {
        var some = new int[1024];
        for (var rank = 0; rows.Copy(rank, some) is > 0 and var count; rank += count)
        {
            for (var i = 0; i < count; i++) yield return some[i];
        }
    }

    private RowSet InTime(RowSet rows, CompiledFilter filter)
    {
        var among = new int[rows.Count];
        rows.Copy(0, among);
        var count = 0;
        foreach (var row in among)
        {
            if (Time(row) is var time && time >= filter.TimeFrom && time < filter.TimeTo) among[count++] = row;
        }
        return RowSet.Of(among[..count]);
    }

    private RowSet RowsAt(IReadOnlyList<long> sequences) =>
        RowSet.Of([.. sequences.Where(sequence => sequence >= FirstSequence && sequence < FirstSequence + Rows).Select(sequence => (int)(sequence - FirstSequence))]);

    private int RowOf(long sequence) => (int)Math.Clamp(sequence - FirstSequence, 0, Rows);
}
