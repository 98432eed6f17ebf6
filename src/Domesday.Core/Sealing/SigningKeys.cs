using System.Security.Cryptography;
using Domesday.Events.Merkle;

namespace Domesday.Core.Sealing;

/// <summary>The key that signs, and those that signed before it.</summary>
public sealed class SigningKeys : IDisposable
{
    private readonly NoteSigner[] _signers;

    /// <param name="seeds">32 secret bytes each, the oldest key first; cleared here.</param>
    internal SigningKeys(IReadOnlyList<byte[]> seeds)
    {
        _signers = [.. seeds.Select(seed => new NoteSigner(seed))];
        foreach (var seed in seeds) CryptographicOperations.ZeroMemory(seed);
    }

    /// <summary>The newest key.</summary>
    public NoteSigner Active => _signers[^1];

    /// <summary>The public halves under a name, the one that signs first.</summary>
    public IReadOnlyList<NoteKey> Named(string name) => [.. _signers.Reverse().Select(signer => signer.KeyNamed(name))];

    public void Dispose()
    {
        foreach (var signer in _signers) signer.Dispose();
    }
}
