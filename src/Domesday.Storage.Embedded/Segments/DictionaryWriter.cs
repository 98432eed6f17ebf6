using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Writes a column's different values, sorted by their bytes, each with the number of its rows and where they are listed.</summary>
/// <remarks>
/// Pages of <see cref="PageValues"/> values, so that one is found by its number; a directory with each page's first value, so that one is found by its bytes. Within a page a value is written
/// as what it does not share with the one before.
/// </remarks>
internal sealed class DictionaryWriter(SegmentOutput output)
{
    public const int PageValues = 256;

    private readonly ByteBuffer _page = new();
    private readonly ByteBuffer _directory = new();
    private readonly ByteBuffer _last = new();
    private long _end;
    private int _inPage;

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<byte> value, int rows, Postings postings)
    {
        if (_inPage == 0)
        {
            _directory.WriteBytes(value);
            _last.Clear();
            _end = 0;
        }
        var shared = value.CommonPrefixLength(_last.Written);
        _page.WriteVarint((ulong)shared);
        _page.WriteBytes(value[shared..]);
        _page.WriteVarint((ulong)rows);
        // Lists mostly stand one behind the other.
        _page.WriteVarint((ulong)postings.Length);
        _page.WriteVarint(ZigZag.Of(postings.Position - (postings.Length == 0 ? 0 : _end)));
        if (postings.Length > 0) _end = postings.Position + postings.Length;
        _last.Truncate(shared);
        _last.Append(value[shared..]);
        Count++;
        if (++_inPage == PageValues) WritePage();
    }

    /// <returns>The directory.</returns>
    public Section Finish()
    {
        if (_inPage > 0) WritePage();
        return output.Write(_directory.Written);
    }

    private void WritePage()
    {
        var section = output.Write(_page.Written);
        _directory.WriteInt64(section.Position);
        _directory.WriteInt32(section.Length);
        _page.Clear();
        _inPage = 0;
    }
}
