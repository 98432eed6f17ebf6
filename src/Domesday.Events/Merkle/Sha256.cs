using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Domesday.Events.Merkle;

/// <summary>SHA-256 of short inputs without the fixed cost that the base class library adds to each call. See docs/adr/0015-short-hashes.md.</summary>
internal static unsafe class Sha256
{
    public const int Bytes = 32;

    /// <summary>Longer inputs take the library's way: the fixed cost no longer counts, and a native call that long must not hold up the garbage collector.</summary>
    private const int DirectBytesMax = 1_024;

    /// <summary>OpenSSL's SHA256_CTX has 112 bytes; room is left.</summary>
    private const int ContextBytes = 256;

    private static readonly delegate* unmanaged[SuppressGCTransition]<byte*, int> Init;
    private static readonly delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, int> Update;
    private static readonly delegate* unmanaged[SuppressGCTransition]<byte*, byte*, int> Final;

    static Sha256()
    {
        if (!LibCrypto.TryLoad(out var library) || !NativeLibrary.TryGetExport(library, "SHA256_Init", out var init)
            || !NativeLibrary.TryGetExport(library, "SHA256_Update", out var update) || !NativeLibrary.TryGetExport(library, "SHA256_Final", out var final)) return;
        Init = (delegate* unmanaged[SuppressGCTransition]<byte*, int>)init;
        Update = (delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, int>)update;
        Final = (delegate* unmanaged[SuppressGCTransition]<byte*, byte*, int>)final;
    }

    /// <summary>Whether libcrypto has the functions.</summary>
    public static bool IsDirect => Init != null;

    /// <summary>The hash of a prefix byte and what follows it.</summary>
    /// <param name="hash">At least <see cref="Bytes"/> bytes.</param>
    public static void Hash(byte prefix, ReadOnlySpan<byte> rest, Span<byte> hash)
    {
        if (!IsDirect || rest.Length > DirectBytesMax)
        {
            HashByLibrary(prefix, rest, hash);
            return;
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(hash.Length, Bytes, nameof(hash));
        var context = stackalloc byte[ContextBytes];
        fixed (byte* input = rest, output = hash)
        {
            if (Init(context) != 1 || Update(context, &prefix, 1) != 1 || Update(context, input, (nuint)rest.Length) != 1 || Final(output, context) != 1)
            {
                throw new CryptographicException("libcrypto refused to hash.");
            }
        }
    }

    /// <summary>The same by the base class library.</summary>
    internal static void HashByLibrary(byte prefix, ReadOnlySpan<byte> rest, Span<byte> hash)
    {
        var pooled = rest.Length < DirectBytesMax ? null : System.Buffers.ArrayPool<byte>.Shared.Rent(rest.Length + 1);
        var bytes = pooled is null ? stackalloc byte[DirectBytesMax] : pooled;
        bytes[0] = prefix;
        rest.CopyTo(bytes[1..]);
        SHA256.HashData(bytes[..(rest.Length + 1)], hash);
        if (pooled is not null) System.Buffers.ArrayPool<byte>.Shared.Return(pooled);
    }
}
