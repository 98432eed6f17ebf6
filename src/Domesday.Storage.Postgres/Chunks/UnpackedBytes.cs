using Domesday.Core.Storage;

namespace Domesday.Storage.Postgres.Chunks;

/// <summary>Bytes that are unpacked from the front on, as far as somebody wants them.</summary>
/// <param name="length">Of all of them.</param>
/// <param name="what">Names them when they are damaged.</param>
internal sealed class UnpackedBytes(Stream packed, int length, string what) : IDisposable
{
    /// <summary>Less is not worth a call.</summary>
    private const int StepBytes = 2_048;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(length);
    private int _reached;

    public int Length => length;

    /// <summary>The bytes from a place on: as many as are wanted or more, unless they end before.</summary>
    /// <exception cref="CorruptLedgerException">They cannot be unpacked, or are fewer or more than they should be.</exception>
    public ReadOnlySpan<byte> From(int start, int wanted)
    {
        if (wanted > _reached - start && _reached < length) Reach((int)Math.Min((long)start + Math.Max(wanted, StepBytes), length));
        return _bytes.AsSpan(start, _reached - start);
    }

    /// <summary>The bytes as far as they were unpacked.</summary>
    public byte[] Bytes => _bytes;

    public void Dispose() => packed.Dispose();

    private void Reach(int end)
    {
        try
        {
            packed.ReadExactly(_bytes.AsSpan(_reached, end - _reached));
            _reached = end;
            if (end == length && packed.ReadByte() >= 0) throw Damaged();
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw Damaged();
        }
    }

    private CorruptLedgerException Damaged() => new($"{what} cannot be unpacked.");
}
