using System.Runtime.InteropServices;
using Domesday.Core.Storage;
using Domesday.Events.Json;

namespace Domesday.Storage.Postgres.Rollups;

/// <summary>How often each code occurs. May be negative: what retention drops is taken off again.</summary>
internal sealed class RollupCounts
{
    private readonly Dictionary<int, long> _counts = [];

    public IReadOnlyDictionary<int, long> Counts => _counts;

    public long Events { get; set; }

    public long Failures { get; set; }

    public void Add(int code, long count) => CollectionsMarshal.GetValueRefOrAddDefault(_counts, code, out _) += count;

    public void Add(RollupCounts other)
    {
        foreach (var (code, count) in other._counts) Add(code, count);
        (Events, Failures) = (Events + other.Events, Failures + other.Failures);
    }

    /// <summary>Adds what <see cref="Pack"/> wrote: differences of codes and zigzag counts, both as variable-length integers.</summary>
    /// <exception cref="CorruptLedgerException">The bytes end early.</exception>
    public void AddPacked(ReadOnlySpan<byte> packed)
    {
        var code = 0;
        while (!packed.IsEmpty)
        {
            code += (int)Take(ref packed);
            var zigzag = Take(ref packed);
            Add(code, (long)(zigzag >> 1) ^ -(long)(zigzag & 1));
        }
    }

    public byte[] Pack()
    {
        var output = new ByteBuffer(_counts.Count * 4 + 16);
        var last = 0;
        foreach (var (code, count) in _counts.Where(pair => pair.Value != 0).OrderBy(pair => pair.Key))
        {
            Put(output, (ulong)(code - last));
            Put(output, (ulong)(count << 1 ^ count >> 63));
            last = code;
        }
        return output.Written.ToArray();
    }

    private static void Put(ByteBuffer output, ulong value)
    {
        for (; value >= 0x80; value >>= 7) output.Append((byte)(value | 0x80));
        output.Append((byte)value);
    }

    private static ulong Take(ref ReadOnlySpan<byte> input)
    {
        var value = 0UL;
        for (var i = 0; i < input.Length && i < 10; i++)
        {
            value |= (ulong)(input[i] & 0x7f) << 7 * i;
            if (input[i] >= 0x80) continue;
            input = input[(i + 1)..];
            return value;
        }
        throw new CorruptLedgerException("A roll-up ends early.");
    }
}
