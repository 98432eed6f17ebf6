using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Writes a column's different values, sorted by their bytes, each with the number of its rows and where they are listed.</summary>
/// <remarks>Pages of <see cref="PageValues"/> values, so that one is found by its number; a directory with each page's first value, so that one is found by its bytes.</remarks>
internal sealed class DictionaryWriter(SegmentOutput output)
{
    public const int PageValues = 256;

    private readonly ByteBuffer _heap = new();
    private readonly ByteBuffer _page = new();
    private readonly ByteBuffer _directory = new();
    private readonly List<int> _ends = [];
    private readonly List<int> _rows = [];
    private readonly List<Postings> _postings = [];

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<byte> value, int rows, Postings postings)
    {
        if (_ends.Count == 0) _directory.WriteBytes(value);
        _heap.Append(value);
        _ends.Add(_heap.Length);
        _rows.Add(rows);
        _postings.Add(postings);
        Count++;
        if (_ends.Count == PageValues) WritePage();
    }

    /// <returns>The directory.</returns>
    public Section Finish()
    {
        if (_ends.Count > 0) WritePage();
        return output.Write(_directory.Written);
    }

    private void WritePage()
    {
        _page.Clear();
        _page.WriteInt32(_ends.Count);
        foreach (var end in _ends) _page.WriteInt32(end);
        foreach (var rows in _rows) _page.WriteInt32(rows);
        foreach (var postings in _postings)
        {
            _page.WriteInt64(postings.Position);
            _page.WriteInt32(postings.Length);
        }
        _page.Append(_heap.Written);
        var section = output.Write(_page.Written);
        _directory.WriteInt64(section.Position);
        _directory.WriteInt32(section.Length);
        _heap.Clear();
        _ends.Clear();
        _rows.Clear();
        _postings.Clear();
    }
}
