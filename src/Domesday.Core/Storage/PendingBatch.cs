using Domesday.Events;
using Domesday.Events.Merkle;

namespace Domesday.Core.Storage;

/// <summary>Events on their way into one tenant's ledger: complete but for the sequence, which the store decides.</summary>
/// <param name="Buffer">Holds all entries.</param>
public sealed record PendingBatch(ReadOnlyMemory<byte> Buffer, IReadOnlyList<PendingEntry> Entries)
{
    public IReadOnlyList<PendingAttachment> Attachments { get; init; } = [];
}

/// <summary>One entry of a <see cref="PendingBatch"/>.</summary>
/// <param name="Start">Position in the buffer.</param>
/// <param name="Length">Canonical bytes without the sequence.</param>
/// <param name="SequenceAt">Position within the entry where <c>"sequence":n,</c> belongs.</param>
/// <param name="IdStart">Position within the entry of the id's text, canonical and without quotes.</param>
public readonly record struct PendingEntry(int Start, int Length, int SequenceAt, int IdStart, int IdLength)
{
    private static ReadOnlySpan<byte> Key => "\"sequence\":"u8;

    /// <summary>What the sequence adds to an entry at most.</summary>
    public const int SequenceBytesMax = 11 + 19 + 1;

    public ReadOnlySpan<byte> Id(ReadOnlySpan<byte> buffer) => buffer.Slice(Start + IdStart, IdLength);

    public int LengthWith(long sequence) => Length + Key.Length + Digits(sequence) + 1;

    /// <summary>Writes the entry as the ledger keeps it.</summary>
    /// <param name="destination">At least <see cref="LengthWith"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public int Write(ReadOnlySpan<byte> buffer, long sequence, Span<byte> destination)
    {
        var entry = buffer.Slice(Start, Length);
        entry[..SequenceAt].CopyTo(destination);
        Key.CopyTo(destination[SequenceAt..]);
        var position = SequenceAt + Key.Length;
        sequence.TryFormat(destination[position..], out var digits, default, System.Globalization.CultureInfo.InvariantCulture);
        position += digits;
        destination[position++] = (byte)',';
        entry[SequenceAt..].CopyTo(destination[position..]);
        return position + Length - SequenceAt;
    }

    private static int Digits(long number)
    {
        var digits = 1;
        for (; number >= 10; number /= 10) digits++;
        return digits;
    }
}

/// <summary>A body kept beside its entry because the entry would exceed <see cref="EventLimits.EntryBytesMax"/>.</summary>
/// <param name="Entry">Index of the entry in its batch.</param>
/// <param name="Sha256">Of <paramref name="Bytes"/>, lower-case hex; the entry names it.</param>
public sealed record PendingAttachment(int Entry, string Sha256, ReadOnlyMemory<byte> Bytes);

/// <summary>Says that an event is on disk, and where.</summary>
/// <param name="Id">The event's own id.</param>
/// <param name="Duplicate">It had been stored before; everything else equals the first receipt.</param>
public readonly record struct Receipt(string Id, long Sequence, MerkleHash LeafHash, bool Duplicate);
