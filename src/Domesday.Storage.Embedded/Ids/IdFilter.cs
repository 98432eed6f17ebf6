using Domesday.Events.Json;

namespace Domesday.Storage.Embedded.Ids;

/// <summary>A blocked Bloom filter: says of nearly every new id that it is new, with one look into memory.</summary>
/// <remarks>Source: Putze, Sanders, Singler, «Cache-, Hash- and Space-Efficient Bloom Filters», 2007. Blocks of 512 bits, about 10 bits and 6 probes for each id: about 1 in 100 new ids passes.</remarks>
internal sealed class IdFilter
{
    private const int BlockWords = 8;
    private const int BitsPerId = 10;
    private const int Probes = 6;

    private readonly ulong[] _words;

    public IdFilter(int ids) => _words = new ulong[((long)ids * BitsPerId / 512 + 1) * BlockWords];

    private IdFilter(ulong[] words) => _words = words;

    public int Bytes => _words.Length * sizeof(ulong);

    public void Add(ulong hash)
    {
        var block = BlockOf(hash);
        for (var probe = 0; probe < Probes; probe++) _words[block + WordOf(hash, probe)] |= BitOf(hash, probe);
    }

    public bool MayContain(ulong hash)
    {
        var block = BlockOf(hash);
        for (var probe = 0; probe < Probes; probe++)
        {
            if ((_words[block + WordOf(hash, probe)] & BitOf(hash, probe)) == 0) return false;
        }
        return true;
    }

    public void Write(ByteBuffer output) => output.Append(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_words.AsSpan()));

    public static IdFilter Read(ReadOnlySpan<byte> bytes) => new(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(bytes).ToArray());

    private int BlockOf(ulong hash) => (int)Math.BigMul(hash, (ulong)(_words.Length / BlockWords), out _) * BlockWords;

    private static int WordOf(ulong hash, int probe) => (int)(Mixed(hash) >> (probe * 9 + 6)) & (BlockWords - 1);

    private static ulong BitOf(ulong hash, int probe) => 1UL << (int)(Mixed(hash) >> (probe * 9));

    /// <summary>The block was chosen by the hash's high bits; the probes must not depend on them alone.</summary>
    private static ulong Mixed(ulong hash) => hash * 0x9E3779B97F4A7C15;
}
