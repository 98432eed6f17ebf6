namespace Domesday.Storage.Embedded.Segments;

/// <summary>The dictionaries of one column in several segments, as one.</summary>
internal sealed class MergedDictionary
{
    private readonly IReadOnlyList<SegmentReader> _segments;
    private readonly int[] _columns;
    private readonly IReadOnlyList<ErasedRows> _erased;

    /// <param name="columns">The column in each segment, or -1.</param>
    /// <param name="erased">Of each segment, the rows that do not count.</param>
    public MergedDictionary(IReadOnlyList<SegmentReader> segments, int[] columns, IReadOnlyList<ErasedRows> erased)
    {
        (_segments, _columns, _erased) = (segments, columns, erased);
        Codes = [.. columns.Select((column, i) => column < 0 ? [] : new int[segments[i].Layout.Columns[column].Distinct])];
        foreach (var value in Values())
        {
            foreach (var source in value.Sources) Codes[source.Segment][source.Code] = Count;
            Count++;
        }
    }

    /// <summary>For each segment: the new code of each old one.</summary>
    public int[][] Codes { get; }

    public int Count { get; }

    /// <summary>Every value that a row has once, in order, with where it stands in the segments. The value is valid until the next step.</summary>
    public IEnumerable<MergedValue> Values()
    {
        var cursors = _columns.Select((column, i) => column < 0 ? null : new DictionaryCursor(_segments[i].Dictionary(column), i)).OfType<DictionaryCursor>().Where(cursor => cursor.Next()).ToList();
        var sources = new List<DictionaryCursor>();
        while (cursors.Count > 0)
        {
            sources.Clear();
            foreach (var cursor in cursors)
            {
                var order = sources.Count == 0 ? 0 : cursor.Value.SequenceCompareTo(sources[0].Value);
                if (order < 0) sources.Clear();
                if (order <= 0) sources.Add(cursor);
            }
            if (RowsOf(sources) is > 0 and var rows) yield return new(sources, rows);
            foreach (var source in sources)
            {
                if (!source.Next()) cursors.Remove(source);
            }
        }
    }

    private int RowsOf(List<DictionaryCursor> sources)
    {
        var rows = 0;
        foreach (var source in sources) rows += source.Page.Rows(source.Index) - _erased[source.Segment].RowsWith(_columns[source.Segment], source.Code);
        return rows;
    }
}

/// <summary>One value, and the dictionaries that hold it.</summary>
/// <param name="Rows">How many rows have it.</param>
internal readonly record struct MergedValue(IReadOnlyList<DictionaryCursor> Sources, int Rows)
{
    public ReadOnlySpan<byte> Value => Sources[0].Value;
}

/// <summary>Goes through a dictionary in order.</summary>
internal sealed class DictionaryCursor(DictionaryReader dictionary, int segment)
{
    private DictionaryPage? _page;

    public int Segment => segment;

    public int Code { get; private set; } = -1;

    public ReadOnlySpan<byte> Value => _page![Code % DictionaryWriter.PageValues];

    public DictionaryPage Page => _page!;

    public int Index => Code % DictionaryWriter.PageValues;

    public bool Next()
    {
        if (++Code >= dictionary.Count) return false;
        if (Code % DictionaryWriter.PageValues == 0) _page = dictionary.Page(Code / DictionaryWriter.PageValues);
        return true;
    }
}
