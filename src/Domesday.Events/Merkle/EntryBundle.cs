using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Domesday.Events.Merkle;

/// <summary>Entries side by side, each behind its length as a big-endian number of 16 bits.</summary>
/// <remarks>Source: C2SP tlog-tiles, «Log entries».</remarks>
public static class EntryBundle
{
    private const int LengthBytes = sizeof(ushort);

    /// <param name="entry">At most <see cref="EventLimits.EntryBytesMax"/> bytes.</param>
    public static void Write(ReadOnlySpan<byte> entry, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entry.Length, EventLimits.EntryBytesMax, nameof(entry));
        var bytes = output.GetSpan(LengthBytes + entry.Length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)entry.Length);
        entry.CopyTo(bytes[LengthBytes..]);
        output.Advance(LengthBytes + entry.Length);
    }

    /// <summary>Splits a bundle; the entries share its memory.</summary>
    /// <returns>False when a length leads beyond the end.</returns>
    public static bool TrySplit(ReadOnlyMemory<byte> bundle, [NotNullWhen(true)] out IReadOnlyList<ReadOnlyMemory<byte>>? entries)
    {
        entries = null;
        var found = new List<ReadOnlyMemory<byte>>(TreeTile.WidthMax);
        while (!bundle.IsEmpty)
        {
            if (bundle.Length < LengthBytes) return false;
            var length = BinaryPrimitives.ReadUInt16BigEndian(bundle.Span);
            if (bundle.Length < LengthBytes + length) return false;
            found.Add(bundle.Slice(LengthBytes, length));
            bundle = bundle[(LengthBytes + length)..];
        }
        entries = found;
        return true;
    }
}
