using System.Buffers.Binary;
using System.Text;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Finds values by number and numbers by value; reads only the pages it needs.</summary>
internal sealed class DictionaryReader
{
    private readonly SegmentSource _source;
    private readonly byte[][] _firsts;
    private readonly Section[] _pages;

    public DictionaryReader(SegmentSource source, int count, ReadOnlySpan<byte> directory)
    {
        (_source, Count) = (source, count);
        var pages = (count + DictionaryWriter.PageValues - 1) / DictionaryWriter.PageValues;
        (_firsts, _pages) = (new byte[pages][], new Section[pages]);
        var reader = new WireReader(directory);
        for (var i = 0; i < pages; i++)
        {
            _firsts[i] = reader.Bytes().ToArray();
            _pages[i] = new(reader.Int64(), reader.Int32());
        }
    }

    public int Count { get; }

    public int Pages => _pages.Length;

    public DictionaryPage Page(int index) => _source.Cached(_pages[index], bytes => new DictionaryPage(bytes));

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
}

/// <summary>Up to 256 values of a dictionary.</summary>
internal sealed class DictionaryPage(byte[] bytes)
{
    private readonly int _count = BinaryPrimitives.ReadInt32LittleEndian(bytes);
    private string[]? _texts;

    public int Count => _count;

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : End(index - 1);
            return bytes.AsSpan(4 + _count * 20 + start, End(index) - start);
        }
    }

    /// <summary>A value as people read it; made once for the page.</summary>
    public string Text(int index) => (_texts ??= [.. Enumerable.Range(0, _count).Select(i => Encoding.UTF8.GetString(CanonicalText.Unescape(this[i])))])[index];

    public int Rows(int index) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 + _count * 4 + index * 4));

    public Postings Postings(int index)
    {
        var at = bytes.AsSpan(4 + _count * 8 + index * 12);
        return new(BinaryPrimitives.ReadInt64LittleEndian(at), BinaryPrimitives.ReadInt32LittleEndian(at[8..]));
    }

    public int Find(ReadOnlySpan<byte> value)
    {
        var (low, high) = (0, _count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = value.SequenceCompareTo(this[middle]);
            if (order == 0) return middle;
            if (order < 0) high = middle - 1;
            else low = middle + 1;
        }
        return -1;
    }

    private int End(int index) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 + index * 4));
}
