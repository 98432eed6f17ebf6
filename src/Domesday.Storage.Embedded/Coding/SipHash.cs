using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Domesday.Storage.Embedded.Coding;

/// <summary>SipHash-1-3 under a secret key: producers choose their ids, so a hash that they could foresee would let them pile ids up in one place.</summary>
/// <remarks>Source: Aumasson and Bernstein, «SipHash: a fast short-input PRF», 2012. By hand because the registry has no package with a keyed 64-bit hash.</remarks>
internal readonly record struct SipHash(ulong Key0, ulong Key1)
{
    public static SipHash NewKey()
    {
        Span<byte> key = stackalloc byte[16];
        RandomNumberGenerator.Fill(key);
        return new(BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]));
    }

    /// <param name="seed">Separates uses of one key, such as tenants.</param>
    public ulong Hash(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        var state = new State(Key0 ^ seed, Key1);
        var length = bytes.Length;
        for (; bytes.Length >= 8; bytes = bytes[8..]) state.Absorb(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        var last = (ulong)length << 56;
        for (var i = 0; i < bytes.Length; i++) last |= (ulong)bytes[i] << (8 * i);
        state.Absorb(last);
        return state.Finish();
    }

    private struct State(ulong key0, ulong key1)
    {
        private ulong _v0 = key0 ^ 0x736f6d6570736575, _v1 = key1 ^ 0x646f72616e646f6d, _v2 = key0 ^ 0x6c7967656e657261, _v3 = key1 ^ 0x7465646279746573;

        public void Absorb(ulong word)
        {
            _v3 ^= word;
            Round();
            _v0 ^= word;
        }

        public ulong Finish()
        {
            _v2 ^= 0xff;
            Round();
            Round();
            Round();
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        private void Round()
        {
            _v0 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
