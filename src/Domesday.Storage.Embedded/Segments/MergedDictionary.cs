namespace Domesday.Storage.Embedded.Segments;

/// <summary>The dictionaries of one column in several segments, as one.</summary>
internal sealed class MergedDictionary
{
    private readonly IReadOnlyList<SegmentReader> _segments;
    private readonly int[] _columns;

    /// <param name="columns">The column in each segment, or -1.</param>
    public MergedDictionary(IReadOnlyList<SegmentReader> segments, int[] columns)
    {
        (_segments, _columns) = (segments, columns);
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

    /// <summary>Every value once, in order, with where it stands in the segments. The value is valid until the next step.</summary>
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
            yield return new(sources);
            foreach (var source in sources)
            {
                if (!source.Next()) cursors.Remove(source);
            }
        }
    }
}

/// <summary>One value, and the dictionaries that hold it.</summary>
internal readonly record struct MergedValue(IReadOnlyList<DictionaryCursor> Sources)
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
