using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Memory;
using Domesday.Storage.Embedded.Rows;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>A memory table, as a query sees it.</summary>
internal sealed class TablePart(string tenant, MemTable table, int rows, ErasedPart erased) : LedgerPart(tenant, table.FirstSequence, rows, erased)
{
    private FieldSlice[]? _slices;
    private int[]? _byTime;

    public override long TimeMin => table.TimeMin;

    public override long TimeMax => table.TimeMax;

    public override bool IsTimeOrdered { get; } = table.IsTimeOrdered;

    public override bool IsOrderSlow => true;

    public override long Time(int row) => table.Times[row];

    public override void Append(int row, ByteBuffer output) => output.Append(table.Entry(row).Span);

    public override void AddFields(int row, FieldRows output)
    {
        var entry = Sliced(row, out var slices);
        output.Add(entry, slices);
    }

    public override int RowByTime(int rank) => IsTimeOrdered ? rank : (_byTime ??= RowsByTime())[rank];

    public override void CountValues(EventField field, RowSet rows, Dictionary<string, long> counts)
    {
        if (ColumnPlan.IsIndexed(field) && table.Column(field) is null) return;
        if (ColumnPlan.IsIndexed(field) && table.Column(field)?.Codes is { } coded)
        {
            var byCode = rows is RowRange { From: 0 } all && all.To == Rows ? coded.Counts(Rows) : CountCodes(rows, coded.Items, coded.Distinct);
            for (var code = 1; code < byCode.Length; code++)
            {
                if (byCode[code] > 0) Add(counts, coded.Text(code - 1), byCode[code]);
            }
            return;
        }
        CountByEntry(field, rows, counts);
    }

    public override void CountTimes(RowSet rows, HistogramInterval interval, HistogramCounts counts)
    {
        var failed = table.Column(EventField.OutcomeResult)?.RowsWith("failure"u8, Rows, out _) ?? RowSet.Empty;
        if (rows is RowRange range) CountTimes(table.Times.AsSpan(range.From, rows.Count), counts);
        else foreach (var row in Each(rows)) counts.Add(table.Times[row], 1, 0);
        foreach (var row in Each(rows.And(failed))) counts.Add(table.Times[row], 0, 1);
    }

    private static void CountTimes(ReadOnlySpan<long> times, HistogramCounts counts)
    {
        foreach (var time in times) counts.Add(time, 1, 0);
    }

    protected override RowSet RowsBetween(long from, long to)
    {
        var times = table.Times.AsSpan(0, Rows);
        if (IsTimeOrdered) return RowSet.Range(LowerBound(times, from), LowerBound(times, to));
        var found = new RowSetBuilder(Rows);
        for (var row = 0; row < times.Length; row++)
        {
            if (times[row] >= from && times[row] < to) found.Add(row);
        }
        return found.Build();
    }

    protected override RowSet Matching(CompiledCondition condition, RowSet candidates)
    {
        if (!ColumnPlan.IsIndexed(condition.Field)) return ScanValues(condition, candidates);
        if (table.Column(condition.Field) is not { } column) return RowSet.Empty;
        if (condition.IsExact) return RowsWith(column, condition);
        return column.Codes is { } coded ? coded.RowsWhere(value => condition.Matcher.Matches(value), Rows) : ScanValues(condition, candidates);
    }

    /// <returns>How often each code occurs; index 0 counts absent values.</returns>
    private static int[] CountCodes(RowSet rows, int[] codes, int distinct)
    {
        var counts = new int[distinct + 1];
        if (rows is RowRange range)
        {
            for (var row = range.From; row < Math.Min(range.To, codes.Length); row++) counts[codes[row]]++;
            return counts;
        }
        foreach (var row in Each(rows))
        {
            if (row < codes.Length) counts[codes[row]]++;
        }
        return counts;
    }

    private RowSet RowsWith(MemColumn column, CompiledCondition condition)
    {
        var found = RowSet.Empty;
        foreach (var value in condition.Values)
        {
            var candidates = column.RowsWith(value, Rows, out var exact);
            found = found.Or(exact ? candidates : ScanValues(condition, candidates));
        }
        return found;
    }

    private RowSet ScanValues(CompiledCondition condition, RowSet candidates)
    {
        var found = new RowSetBuilder(Rows);
        foreach (var row in Each(candidates))
        {
            if (condition.Matcher.Matches(Value(condition.Field, row))) found.Add(row);
        }
        return found.Build();
    }

    private ReadOnlySpan<byte> Value(EventField field, int row)
    {
        var entry = Sliced(row, out var slices);
        return slices[(int)field].Of(entry);
    }

    private ReadOnlySpan<byte> Sliced(int row, out FieldSlice[] slices)
    {
        var entry = table.Entry(row).Span;
        slices = _slices ??= new FieldSlice[EventSchema.Count];
        EntrySlicer.Slice(entry, slices);
        return entry;
    }

    private int[] RowsByTime()
    {
        var (keys, rows) = (table.Times.AsSpan(0, Rows).ToArray(), new int[Rows]);
        for (var i = 0; i < rows.Length; i++) rows[i] = i;
        Array.Sort(rows, (left, right) => keys[left] != keys[right] ? keys[left].CompareTo(keys[right]) : left - right);
        return rows;
    }

    private static int LowerBound(ReadOnlySpan<long> times, long time)
    {
        var (low, high) = (0, times.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (times[middle] < time) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
