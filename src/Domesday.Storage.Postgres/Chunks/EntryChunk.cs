using System.Buffers.Text;
using System.Globalization;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Ledgers;

namespace Domesday.Storage.Postgres.Chunks;

/// <summary>Entries that lie together, unpacked.</summary>
internal sealed class EntryChunk
{
    private const int SequenceDigitsMax = 20;

    private const int NumberBytesMax = 10;

    private readonly byte[] _raw;
    private readonly byte[][] _shapes;
    private readonly Range[] _entries;
    private readonly byte[] _name;
    private readonly LedgerCodes _codes;
    private readonly ByteBuffer _buffer = new();

    /// <param name="count">Entries that it has.</param>
    /// <param name="through">The last sequence that is wanted: what lies behind it is not unpacked.</param>
    /// <exception cref="CorruptLedgerException">The bytes are not as they were written.</exception>
    public EntryChunk(Ledger ledger, long first, int count, int rawBytes, byte[] data, long through)
    {
        var what = string.Create(CultureInfo.InvariantCulture, $"The chunk at sequence {first} of the ledger {ledger.Name}");
        (First, _codes, _name) = (first, ledger.Codes, ledger.NameBytes);
        using var raw = ChunkFormat.Begin(data, rawBytes, what);
        var at = 0;
        var shapes = Number(raw, ref at);
        if (count < 1 || count > raw.Length || shapes > (ulong)count) throw new CorruptLedgerException($"{what} is too short.");
        _raw = raw.Bytes;
        _shapes = new byte[shapes][];
        for (var i = 0; i < _shapes.Length; i++) _shapes[i] = _raw[Next(raw, ref at, what)];
        IsWhole = through >= first + count - 1;
        _entries = new Range[(int)Math.Clamp(through - first, -1, count - 1) + 1];
        for (var i = 0; i < _entries.Length; i++) _entries[i] = Next(raw, ref at, what);
    }

    /// <summary>Sequence of the first entry.</summary>
    public long First { get; }

    /// <summary>Whether all entries were unpacked.</summary>
    public bool IsWhole { get; }

    /// <summary>Whether an entry is there and was unpacked.</summary>
    public bool Holds(long sequence) => sequence >= First && sequence < First + _entries.Length;

    /// <returns>Empty when it was erased.</returns>
    /// <exception cref="CorruptLedgerException">The dictionary lacks a code that the entry needs.</exception>
    public ReadOnlyMemory<byte> Entry(long sequence)
    {
        var values = (ReadOnlySpan<byte>)_raw.AsSpan(_entries[(int)(sequence - First)]);
        if (values.IsEmpty) return default;
        var shape = ShortText.ReadNumber(ref values);
        if (shape >= (ulong)_shapes.Length) throw new CorruptLedgerException("A shortened entry has no shape.");
        _buffer.Clear();
        var rest = (ReadOnlySpan<byte>)_shapes[shape];
        while (rest.IndexOfAny(ChunkBuilder.ValueMark, ChunkBuilder.SequenceMark, ChunkBuilder.NameMark) is >= 0 and var mark)
        {
            _buffer.Append(rest[..mark]);
            if (rest[mark] == ChunkBuilder.ValueMark)
            {
                // The dictionary has forgotten it since this moment: nobody but erased events used it.
                if (!ShortText.TryRead(ref values, _codes, _buffer)) return default;
            }
            else if (rest[mark] == ChunkBuilder.NameMark) _buffer.Append(_name);
            else
            {
                Utf8Formatter.TryFormat(sequence, _buffer.Reserve(SequenceDigitsMax), out var written);
                _buffer.Advance(written);
            }
            rest = rest[(mark + 1)..];
        }
        _buffer.Append(rest);
        return _buffer.Written.ToArray();
    }

    private static Range Next(UnpackedBytes raw, ref int at, string what)
    {
        var length = Number(raw, ref at);
        if (length > (ulong)(raw.Length - at)) throw new CorruptLedgerException($"{what} is too short.");
        var start = at;
        at += (int)length;
        raw.From(start, (int)length);
        return start..at;
    }

    private static ulong Number(UnpackedBytes raw, ref int at)
    {
        var input = raw.From(at, NumberBytesMax);
        var before = input.Length;
        var number = ShortText.ReadNumber(ref input);
        at += before - input.Length;
        return number;
    }
}
