using System.Buffers.Binary;

namespace Domesday.Storage.Postgres.Columns;

/// <summary>Compares byte strings by content, so that they can be looked up without making one.</summary>
internal sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static BytesComparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    /// <remarks>Eight bytes at a time, multiplied and folded; keyed, so that nobody can send values that all meet.</remarks>
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = Key ^ (ulong)alternate.Length;
        for (; alternate.Length >= sizeof(ulong); alternate = alternate[sizeof(ulong)..]) hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(alternate));
        var rest = 0UL;
        foreach (var value in alternate) rest = rest << 8 | value;
        hash = Fold(hash ^ rest);
        return (int)(hash ^ hash >> 32);
    }

    private static ulong Key { get; } = (ulong)Random.Shared.NextInt64() ^ Secret;

    private const ulong Secret = 0xA0761D6478BD642F;

    private static ulong Fold(ulong value)
    {
        var high = Math.BigMul(value ^ Key, Secret ^ Key << 1, out var low);
        return high ^ low;
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
