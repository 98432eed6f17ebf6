using System.Globalization;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Rows;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>A segment, as a query sees it.</summary>
internal sealed class SegmentPart(string tenant, SegmentReader segment, ErasedPart erased, bool readsAll = false) : LedgerPart(tenant, segment.Info.FirstSequence, segment.Rows, erased)
{
    /// <summary>Fewer rows than this are looked at one by one instead of through lists.</summary>
    private const int FewRows = 256;

    private EntryCursor? _cursor;
    private NumberCursor? _times;
    private NumberCursor? _order;
    private bool? _isTimeOrdered;

    public override long TimeMin => segment.Info.TimeMin;

    public override long TimeMax => segment.Info.TimeMax;

    public override bool IsTimeOrdered => _isTimeOrdered ??= segment.Layout.Footer.TimeOrder is null;

    /// <summary>How many rows the segment's own counts are about: those that were written as holes are in none.</summary>
    private int Counted => Rows - segment.Info.Holes;

    private EntryCursor Cursor => _cursor ??= new(segment, readsAll);

    public override long Time(int row) => (_times ??= new(segment.Times))[row];

    public override void Append(int row, ByteBuffer output) => Cursor.Append(row, output);

    public override void AddFields(int row, FieldRows output)
    {
        foreach (var field in output.Fields) AddField(field, row, output);
    }

    public override int RowByTime(int rank) => IsTimeOrdered ? rank : (int)(_order ??= new(segment.TimeOrder!))[rank];

    public override void CountValues(EventField field, RowSet rows, Dictionary<string, long> counts)
    {
        var column = segment.Layout.ColumnOf(field);
        if (field is EventField.Time or EventField.Sequence or EventField.ReceivedAt)
        {
            CountByEntry(field, rows, counts);
            return;
        }
        if (column < 0 || rows.IsEmpty) return;
        if (segment.Layout.Encodings[column] != ColumnEncoding.Coded || rows.Count < FewRows || !ColumnPlan.IsIndexed(field) && rows.Count < Counted)
        {
            foreach (var row in Each(rows)) Add(counts, System.Text.Encoding.UTF8.GetString(CanonicalText.Unescape(Cursor.Value(column, row))), 1);
            return;
        }
        var dictionary = segment.Dictionary(column);
        var isNearlyAll = Counted - rows.Count < FewRows;
        for (var i = 0; i < dictionary.Pages; i++)
        {
            var page = dictionary.Page(i);
            for (var index = 0; index < page.Count; index++) Add(counts, page.Text(index), isNearlyAll ? page.Rows(index) : rows.CountAnd(segment.RowsOf(page, index)));
        }
        if (!isNearlyAll || rows.Count == Counted) return;
        foreach (var row in Each(Uncounted(rows)))
        {
            if (Cursor.Code(column, row) is >= 0 and var code) Take(counts, dictionary.Page(code / DictionaryWriter.PageValues).Text(code % DictionaryWriter.PageValues));
        }
    }

    public override void CountTimes(RowSet rows, HistogramInterval interval, HistogramCounts counts)
    {
        var result = segment.Layout.ColumnOf(EventField.OutcomeResult);
        if (Counted - rows.Count < FewRows && interval != HistogramInterval.Minute)
        {
            foreach (var bucket in segment.Hours.Buckets) counts.Add(bucket.From.Microseconds, bucket.Count, bucket.Failures);
            if (rows.Count == Counted) return;
            foreach (var row in Each(Uncounted(rows))) counts.Add(Time(row), -1, result >= 0 && Cursor.Value(result, row).SequenceEqual("failure"u8) ? -1 : 0);
            return;
        }
        var failed = result < 0 ? RowSet.Empty : rows.And(segment.RowsWith(result, "failure"u8));
        var times = segment.Times;
        Span<long> page = stackalloc long[NumberSectionWriter.PageRows];
        for (var i = 0; i < times.Pages; i++)
        {
            var (first, last) = (NumberSection.FirstRow(i), NumberSection.FirstRow(i) + times.RowsOf(i));
            if (rows.CountIn(first, last) is not (> 0 and var count)) continue;
            if (interval.Floor(new Timestamp(times.Smallest(i))) == interval.Floor(new Timestamp(times.Largest(i))))
            {
                counts.Add(times.Smallest(i), count, failed.CountIn(first, last));
                continue;
            }
            times.Read(i, page);
            for (var row = first; row < last; row++)
            {
                if (rows.Contains(row)) counts.Add(page[row - first], 1, failed.Contains(row) ? 1 : 0);
            }
        }
    }

    /// <summary>The rows that are in the segment's own counts, and not in a set.</summary>
    private RowSet Uncounted(RowSet rows) => segment.Info.Holes == 0 ? rows.Not(Rows) : rows.Or(segment.Holes).Not(Rows);

    private void AddField(EventField field, int row, FieldRows output)
    {
        Span<byte> text = stackalloc byte[Timestamp.TextLength];
        var column = segment.Layout.ColumnOf(field);
        if (field == EventField.Time)
        {
            new Timestamp(Time(row)).Write(text);
            output.Add(text);
        }
        else if (field == EventField.Sequence)
        {
            (FirstSequence + row).TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
            output.Add(text[..length]);
        }
        else if (column < 0)
        {
            output.Add([]);
        }
        else if (segment.Layout.Encodings[column] == ColumnEncoding.Clock)
        {
            new Timestamp(Cursor.Moment(column, row)).Write(text);
            output.Add(text);
        }
        else
        {
            output.Add(Cursor.Value(column, row));
        }
    }

    protected override RowSet RowsBetween(long from, long to)
    {
        var times = segment.Times;
        if (IsTimeOrdered) return RowSet.Range(LowerBound(times, from), LowerBound(times, to));
        var found = new RowSetBuilder(Rows);
        Span<long> page = stackalloc long[NumberSectionWriter.PageRows];
        for (var i = 0; i < times.Pages; i++)
        {
            if (times.Smallest(i) >= to || times.Largest(i) < from) continue;
            var (first, last) = (NumberSection.FirstRow(i), NumberSection.FirstRow(i) + times.RowsOf(i));
            if (times.Smallest(i) >= from && times.Largest(i) < to)
            {
                found.AddRange(first, last);
                continue;
            }
            times.Read(i, page);
            for (var row = first; row < last; row++)
            {
                if (page[row - first] >= from && page[row - first] < to) found.Add(row);
            }
        }
        return found.Build();
    }

    protected override RowSet Matching(CompiledCondition condition, RowSet candidates)
    {
        var column = segment.Layout.ColumnOf(condition.Field);
        if (column < 0) return condition.Field is EventField.Time or EventField.Sequence ? Scan(condition, candidates) : RowSet.Empty;
        var indexed = ColumnPlan.IsIndexed(condition.Field);
        if (condition.IsExact && indexed)
        {
            var rows = RowSet.Empty;
            foreach (var value in condition.Values) rows = rows.Or(segment.RowsWith(column, value));
            return rows;
        }
        if (segment.Layout.Encodings[column] == ColumnEncoding.Coded && condition.Field != EventField.RequestUri)
        {
            return indexed ? RowsByDictionary(column, condition) : RowsByCode(column, condition, candidates);
        }
        return segment.Layout.Encodings[column] == ColumnEncoding.Clock ? Scan(condition, candidates) : RowsByValue(column, condition, candidates);
    }

    /// <summary>The first row, in order of time, that is not before a moment.</summary>
    private static int LowerBound(NumberSection times, long time)
    {
        var (low, high) = (0, times.Pages);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (times.Largest(middle) < time) low = middle + 1;
            else high = middle;
        }
        if (low == times.Pages) return NumberSection.FirstRow(low - 1) + times.RowsOf(low - 1);
        Span<long> page = stackalloc long[NumberSectionWriter.PageRows];
        times.Read(low, page);
        var row = 0;
        while (page[row] < time) row++;
        return NumberSection.FirstRow(low) + row;
    }

    private RowSet RowsByDictionary(int column, CompiledCondition condition)
    {
        var rows = RowSet.Empty;
        var dictionary = segment.Dictionary(column);
        for (var i = 0; i < dictionary.Pages; i++)
        {
            var page = dictionary.Page(i);
            for (var index = 0; index < page.Count; index++)
            {
                if (condition.Matcher.Matches(page[index])) rows = rows.Or(segment.RowsOf(page, index));
            }
        }
        return rows;
    }

    private RowSet RowsByCode(int column, CompiledCondition condition, RowSet candidates)
    {
        var dictionary = segment.Dictionary(column);
        var wanted = new bool[dictionary.Count];
        for (var code = 0; code < wanted.Length; code++)
        {
            wanted[code] = condition.Matcher.Matches(dictionary.Page(code / DictionaryWriter.PageValues)[code % DictionaryWriter.PageValues]);
        }
        if (!wanted.Contains(true)) return RowSet.Empty;
        var rows = new RowSetBuilder(Rows);
        foreach (var row in Each(candidates))
        {
            if (Cursor.Code(column, row) is >= 0 and var code && wanted[code]) rows.Add(row);
        }
        return rows.Build();
    }

    private RowSet RowsByValue(int column, CompiledCondition condition, RowSet candidates)
    {
        var rows = new RowSetBuilder(Rows);
        foreach (var row in Each(candidates))
        {
            if (condition.Matcher.Matches(Cursor.Value(column, row))) rows.Add(row);
        }
        return rows.Build();
    }
}
