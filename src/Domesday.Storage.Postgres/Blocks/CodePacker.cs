using System.Buffers.Binary;

namespace Domesday.Storage.Postgres.Blocks;

/// <summary>Codes of a block's column, in the shorter of two forms; used again and again by one writer.</summary>
/// <remarks>
/// First a byte. Above 100: the codes themselves, in so many bytes less 100 each. Else: places in a list of the codes that occur, in so many bits each (0, 1, 2, 4, 8 or 16, low bits first); before them stands
/// the list, its length and then its codes in four bytes each. All little-endian.
/// </remarks>
internal sealed class CodePacker
{
    public const byte Direct = 100;

    private readonly List<int> _distinct = [];
    private int[] _places = new int[1024];

    /// <returns>Null when no event has a code.</returns>
    public byte[]? Pack(ReadOnlySpan<int> codes)
    {
        var max = 0;
        foreach (var code in codes) max = Math.Max(max, code);
        if (max == 0) return null;
        if (max >= _places.Length) Array.Resize(ref _places, Math.Max(max + 1, 2 * _places.Length));
        _distinct.Clear();
        foreach (var code in codes)
        {
            if (_places[code] != 0) continue;
            _distinct.Add(code);
            _places[code] = _distinct.Count;
        }
        var (bits, bytes) = (BitsFor(_distinct.Count), BytesFor(max));
        var listed = 1 + sizeof(int) * (1 + _distinct.Count) + (codes.Length * bits + 7) / 8;
        var packed = bits <= 16 && listed < 1 + codes.Length * bytes ? PackPlaces(codes, bits, listed) : PackDirect(codes, bytes);
        foreach (var code in _distinct) _places[code] = 0;
        return packed;
    }

    private byte[] PackPlaces(ReadOnlySpan<int> codes, int bits, int length)
    {
        var packed = new byte[length];
        packed[0] = (byte)bits;
        var output = packed.AsSpan(1);
        BinaryPrimitives.WriteInt32LittleEndian(output, _distinct.Count);
        for (var i = 0; i < _distinct.Count; i++) BinaryPrimitives.WriteInt32LittleEndian(output[(sizeof(int) * (1 + i))..], _distinct[i]);
        output = output[(sizeof(int) * (1 + _distinct.Count))..];
        if (bits == 0) return packed;
        for (var i = 0; i < codes.Length; i++)
        {
            var place = _places[codes[i]] - 1;
            if (bits == 16) BinaryPrimitives.WriteUInt16LittleEndian(output[(2 * i)..], (ushort)place);
            else output[i * bits >> 3] |= (byte)(place << (i * bits & 7));
        }
        return packed;
    }

    private static byte[] PackDirect(ReadOnlySpan<int> codes, int bytes)
    {
        var packed = new byte[1 + codes.Length * bytes];
        packed[0] = (byte)(Direct + bytes);
        for (var i = 0; i < codes.Length; i++)
        {
            for (var place = 0; place < bytes; place++) packed[1 + i * bytes + place] = (byte)(codes[i] >> 8 * place);
        }
        return packed;
    }

    private static int BitsFor(int distinct) => distinct switch { 1 => 0, 2 => 1, <= 4 => 2, <= 16 => 4, <= 256 => 8, <= 65_536 => 16, _ => 32 };

    private static int BytesFor(int max) => max switch { < 1 << 8 => 1, < 1 << 16 => 2, < 1 << 24 => 3, _ => 4 };
}
