using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Different byte strings, numbered in the order in which they came. One writer; see <see cref="Find"/> for readers.</summary>
internal sealed class ValueDictionary(SipHash hash)
{
    private readonly ByteBuffer _heap = new(256);
    private int[] _ends = new int[16];
    private int[] _slots = new int[32];
    private uint[] _fingerprints = new uint[32];

    public int Count { get; private set; }

    public int Bytes => _heap.Length + _ends.Length * 4 + _slots.Length * 8;

    public ReadOnlySpan<byte> this[int code]
    {
        get
        {
            var start = code == 0 ? 0 : _ends[code - 1];
            return _heap.Slice(start, _ends[code] - start);
        }
    }

    /// <summary>The number of a value, which gets one if it has none.</summary>
    public int Add(ReadOnlySpan<byte> value)
    {
        var fingerprint = (uint)hash.Hash(value);
        var slot = SlotOf(value, fingerprint);
        if (_slots[slot] != 0) return _slots[slot] - 1;
        if (Count * 2 >= _slots.Length)
        {
            Grow();
            slot = SlotOf(value, fingerprint);
        }
        _heap.Append(value);
        if (Count == _ends.Length) Array.Resize(ref _ends, Count * 2);
        _ends[Count] = _heap.Length;
        (_slots[slot], _fingerprints[slot]) = (Count + 1, fingerprint);
        return Count++;
    }

    /// <summary>The number of a value; -1 when it has none. The caller keeps <see cref="Add"/> from running at the same time.</summary>
    public int Find(ReadOnlySpan<byte> value) => _slots[SlotOf(value, (uint)hash.Hash(value))] - 1;

    /// <summary>Where each value stands when they are sorted by their bytes.</summary>
    public int[] Ranks()
    {
        var order = new int[Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, (left, right) => this[left].SequenceCompareTo(this[right]));
        var ranks = new int[Count];
        for (var rank = 0; rank < order.Length; rank++) ranks[order[rank]] = rank;
        return ranks;
    }

    private int SlotOf(ReadOnlySpan<byte> value, uint fingerprint)
    {
        var mask = _slots.Length - 1;
        for (var slot = (int)fingerprint & mask; ; slot = slot + 1 & mask)
        {
            var code = _slots[slot] - 1;
            if (code < 0 || _fingerprints[slot] == fingerprint && value.SequenceEqual(this[code])) return slot;
        }
    }

    private void Grow()
    {
        var (slots, fingerprints) = (_slots, _fingerprints);
        (_slots, _fingerprints) = (new int[slots.Length * 2], new uint[slots.Length * 2]);
        var mask = _slots.Length - 1;
        for (var i = 0; i < slots.Length; i++)
        {
            if (slots[i] == 0) continue;
            var slot = (int)fingerprints[i] & mask;
            while (_slots[slot] != 0) slot = slot + 1 & mask;
            (_slots[slot], _fingerprints[slot]) = (slots[i], fingerprints[i]);
        }
    }
}
