using System.Buffers;
using System.Security.Cryptography;

namespace Domesday.Core.Export;

/// <summary>Passes bytes on and hashes them with SHA-256.</summary>
public sealed class HashingWriter(IBufferWriter<byte> output) : IBufferWriter<byte>, IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Memory<byte> _handedOut;

    /// <summary>Of everything written so far, lower-case hex.</summary>
    public string Digest => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Advance(int count)
    {
        _hash.AppendData(_handedOut.Span[..count]);
        _handedOut = default;
        output.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => _handedOut = output.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose() => _hash.Dispose();
}
