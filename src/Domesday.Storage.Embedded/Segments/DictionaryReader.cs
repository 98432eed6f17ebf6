using Domesday.Storage.Embedded.Caching;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Finds values by number and numbers by value; reads only the pages it needs.</summary>
internal sealed class DictionaryReader
{
    private readonly SegmentSource _source;
    private readonly byte[][] _firsts;
    private readonly Section[] _pages;
    private readonly CacheSlot?[] _slots;

    public DictionaryReader(SegmentSource source, int count, ReadOnlySpan<byte> directory)
    {
        (_source, Count) = (source, count);
        var pages = (count + DictionaryWriter.PageValues - 1) / DictionaryWriter.PageValues;
        (_firsts, _pages, _slots) = (new byte[pages][], new Section[pages], new CacheSlot?[pages]);
        var reader = new WireReader(directory);
        for (var i = 0; i < pages; i++)
        {
            _firsts[i] = reader.Bytes().ToArray();
            _pages[i] = new(reader.Int64(), reader.Int32());
        }
    }

    public int Count { get; }

    public int Pages => _pages.Length;

    public DictionaryPage Page(int index) => _slots[index]?.Value<DictionaryPage>() ?? Load(index);

    /// <summary>The number of a value, or -1.</summary>
    public int Find(ReadOnlySpan<byte> value)
    {
        var (low, high) = (0, _firsts.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (value.SequenceCompareTo(_firsts[middle]) < 0) high = middle - 1;
            else low = middle + 1;
        }
        if (high < 0) return -1;
        var index = Page(high).Find(value);
        return index < 0 ? -1 : high * DictionaryWriter.PageValues + index;
    }

    /// <summary>How many rows have the value, and where they are listed.</summary>
    public (int Rows, Postings Postings) Postings(int code)
    {
        var page = Page(code / DictionaryWriter.PageValues);
        var index = code % DictionaryWriter.PageValues;
        return (page.Rows(index), page.Postings(index));
    }

    private DictionaryPage Load(int index) =>
        _source.Load(ref _slots[index], _pages[index], bytes => new DictionaryPage(bytes, Math.Min(DictionaryWriter.PageValues, Count - index * DictionaryWriter.PageValues)), page => page.Bytes);
}
