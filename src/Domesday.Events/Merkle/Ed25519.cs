using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Domesday.Events.Merkle;

/// <summary>Ed25519 (RFC 8032) from OpenSSL's libcrypto, which .NET itself needs on Linux. See docs/adr/0004-ed25519.md.</summary>
internal static partial class Ed25519
{
    public const int KeyBytes = 32;
    public const int SignatureBytes = 64;

    private const string Library = "libcrypto";
    private const int TypeEd25519 = 1087;

    static Ed25519() => NativeLibrary.SetDllImportResolver(typeof(Ed25519).Assembly,
        static (name, _, _) => name == Library && LibCrypto.TryLoad(out var library) ? library : 0);

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeyBytes || signature.Length != SignatureBytes) return false;
        var key = NewRawPublicKey(TypeEd25519, 0, publicKey, (nuint)publicKey.Length);
        if (key == 0) return false;
        var context = NewContext();
        try
        {
            return context != 0 && DigestVerifyInit(context, 0, 0, 0, key) == 1
                && DigestVerify(context, signature, (nuint)signature.Length, message, (nuint)message.Length) == 1;
        }
        finally
        {
            FreeContext(context);
            FreeKey(key);
        }
    }

    public static byte[] Sign(nint key, ReadOnlySpan<byte> message)
    {
        var context = NewContext();
        try
        {
            var signature = new byte[SignatureBytes];
            nuint length = SignatureBytes;
            if (context == 0 || DigestSignInit(context, 0, 0, 0, key) != 1
                || DigestSign(context, signature, ref length, message, (nuint)message.Length) != 1) throw new CryptographicException("libcrypto refused to sign.");
            return signature;
        }
        finally
        {
            FreeContext(context);
        }
    }

    public static nint NewPrivateKey(ReadOnlySpan<byte> seed, Span<byte> publicKey)
    {
        var key = NewRawPrivateKey(TypeEd25519, 0, seed, (nuint)seed.Length);
        nuint length = KeyBytes;
        if (key == 0 || GetRawPublicKey(key, publicKey, ref length) != 1) throw new CryptographicException("libcrypto refused the private key.");
        return key;
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    public static partial void FreeKey(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    private static partial nint NewRawPrivateKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    private static partial nint NewRawPublicKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    private static partial int GetRawPublicKey(nint key, Span<byte> publicKey, ref nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    private static partial nint NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    private static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    private static partial int DigestSignInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    private static partial int DigestSign(nint context, Span<byte> signature, ref nuint signatureLength, ReadOnlySpan<byte> message, nuint messageLength);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    private static partial int DigestVerifyInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    private static partial int DigestVerify(nint context, ReadOnlySpan<byte> signature, nuint signatureLength, ReadOnlySpan<byte> message, nuint messageLength);
}

/// <summary>A private key that lives in libcrypto's memory.</summary>
internal sealed class Ed25519PrivateKey : SafeHandle
{
    private readonly byte[] _publicKey = new byte[Ed25519.KeyBytes];

    /// <param name="seed">32 secret bytes (RFC 8032 §5.1.5).</param>
    public Ed25519PrivateKey(ReadOnlySpan<byte> seed)
        : base(0, ownsHandle: true)
    {
        if (seed.Length != Ed25519.KeyBytes) throw new ArgumentException($"A private key has {Ed25519.KeyBytes} bytes.", nameof(seed));
        SetHandle(Ed25519.NewPrivateKey(seed, _publicKey));
    }

    public ReadOnlySpan<byte> PublicKey => _publicKey;

    public override bool IsInvalid => handle == 0;

    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var added = false;
        try
        {
            DangerousAddRef(ref added);
            return Ed25519.Sign(handle, message);
        }
        finally
        {
            if (added) DangerousRelease();
        }
    }

    protected override bool ReleaseHandle()
    {
        Ed25519.FreeKey(handle);
        return true;
    }
}
