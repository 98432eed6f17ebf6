using System.Text;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Up to 256 values of a dictionary, taken apart.</summary>
internal sealed class DictionaryPage
{
    private readonly byte[] _heap;
    private readonly int[] _ends;
    private readonly int[] _rows;
    private readonly Postings[] _postings;
    private string[]? _texts;

    /// <param name="bytes">As <see cref="DictionaryWriter"/> wrote them.</param>
    /// <param name="count">Values of the page.</param>
    public DictionaryPage(ReadOnlySpan<byte> bytes, int count)
    {
        (_ends, _rows, _postings) = (new int[count], new int[count], new Postings[count]);
        var heap = new ByteBuffer(bytes.Length * 2);
        var reader = new WireReader(bytes);
        var (start, end) = (0, 0L);
        for (var i = 0; i < count; i++)
        {
            var shared = (int)reader.Varint();
            var next = heap.Length;
            // Reserved first: the bytes that are copied may move with the buffer.
            heap.Reserve(shared);
            heap.Append(heap.Slice(start, shared));
            heap.Append(reader.Bytes());
            start = next;
            _ends[i] = heap.Length;
            _rows[i] = (int)reader.Varint();
            var length = (int)reader.Varint();
            var position = ZigZag.Back(reader.Varint()) + (length == 0 ? 0 : end);
            _postings[i] = new(position, length);
            if (length > 0) end = position + length;
        }
        _heap = heap.Written.ToArray();
    }

    public int Count => _ends.Length;

    /// <summary>What it takes in memory, about.</summary>
    public int Bytes => 128 + _heap.Length + _ends.Length * 24;

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : _ends[index - 1];
            return _heap.AsSpan(start, _ends[index] - start);
        }
    }

    /// <summary>A value as people read it; made once for the page.</summary>
    public string Text(int index) => (_texts ??= [.. Enumerable.Range(0, Count).Select(i => Encoding.UTF8.GetString(CanonicalText.Unescape(this[i])))])[index];

    public int Rows(int index) => _rows[index];

    public Postings Postings(int index) => _postings[index];

    public int Find(ReadOnlySpan<byte> value)
    {
        var (low, high) = (0, Count - 1);
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
}
