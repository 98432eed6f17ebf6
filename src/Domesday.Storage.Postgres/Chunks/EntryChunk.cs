using System.Buffers.Binary;
using System.Globalization;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Ledgers;

namespace Domesday.Storage.Postgres.Chunks;

/// <summary>Entries that lie together, unpacked.</summary>
internal sealed class EntryChunk
{
    private readonly byte[] _raw;
    private readonly int[] _ends;

    private readonly LedgerCodes _codes;
    private readonly ByteBuffer _buffer = new();

    private EntryChunk(long first, byte[] raw, int[] ends, LedgerCodes codes) => (First, _raw, _ends, _codes) = (first, raw, ends, codes);

    /// <summary>Sequence of the first entry.</summary>
    public long First { get; }

    public int Count => _ends.Length - 1;

    /// <exception cref="CorruptLedgerException">The bytes are not as they were written.</exception>
    public static EntryChunk Unpack(Ledger ledger, long first, int count, int rawBytes, ReadOnlySpan<byte> data)
    {
        var what = string.Create(CultureInfo.InvariantCulture, $"The chunk at sequence {first} of the ledger {ledger.Name}");
        var raw = ChunkFormat.Unpack(data, rawBytes, what);
        if (count < 1 || raw.Length < count * sizeof(int)) throw new CorruptLedgerException($"{what} is too short.");
        var ends = new int[count + 1];
        ends[0] = count * sizeof(int);
        for (var i = 0; i < count; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(raw.AsSpan(i * sizeof(int)));
            if (length < 0 || length > raw.Length - ends[i]) throw new CorruptLedgerException($"{what} is too short.");
            ends[i + 1] = ends[i] + length;
        }
        return new(first, raw, ends, ledger.Codes);
    }

    public bool Holds(long sequence) => sequence >= First && sequence < First + Count;

    /// <exception cref="CorruptLedgerException">The dictionary lacks a code that the entry needs.</exception>
    public ReadOnlyMemory<byte> Entry(long sequence)
    {
        var index = (int)(sequence - First);
        return ShortEntry.Read(_raw.AsSpan(_ends[index].._ends[index + 1]), _codes, _buffer);
    }
}
