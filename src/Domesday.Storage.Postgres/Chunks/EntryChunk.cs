using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Ledgers;

namespace Domesday.Storage.Postgres.Chunks;

/// <summary>Entries that lie together, unpacked.</summary>
internal sealed class EntryChunk
{
    private const int SequenceDigitsMax = 20;

    private readonly byte[] _raw;
    private readonly byte[][] _shapes;
    private readonly Range[] _entries;
    private readonly byte[] _name;
    private readonly LedgerCodes _codes;
    private readonly ByteBuffer _buffer = new();

    /// <exception cref="CorruptLedgerException">The bytes are not as they were written.</exception>
    public EntryChunk(Ledger ledger, long first, int count, int rawBytes, byte[] data)
    {
        var what = string.Create(CultureInfo.InvariantCulture, $"The chunk at sequence {first} of the ledger {ledger.Name}");
        (First, _codes, _name) = (first, ledger.Codes, Encoding.UTF8.GetBytes(ledger.Name));
        _raw = ChunkFormat.Unpack(data, rawBytes, what);
        var input = (ReadOnlySpan<byte>)_raw;
        var shapes = ShortText.ReadNumber(ref input);
        if (count < 1 || count > _raw.Length || shapes > (ulong)count) throw new CorruptLedgerException($"{what} is too short.");
        _shapes = new byte[shapes][];
        for (var i = 0; i < _shapes.Length; i++) _shapes[i] = _raw[Next(ref input, what)];
        _entries = new Range[count];
        for (var i = 0; i < count; i++) _entries[i] = Next(ref input, what);
    }

    /// <summary>Sequence of the first entry.</summary>
    public long First { get; }

    public int Count => _entries.Length;

    public bool Holds(long sequence) => sequence >= First && sequence < First + Count;

    /// <exception cref="CorruptLedgerException">The dictionary lacks a code that the entry needs.</exception>
    public ReadOnlyMemory<byte> Entry(long sequence)
    {
        var input = _raw.AsSpan(_entries[(int)(sequence - First)]);
        var values = (ReadOnlySpan<byte>)input;
        var shape = ShortText.ReadNumber(ref values);
        if (shape >= (ulong)_shapes.Length) throw new CorruptLedgerException("A shortened entry has no shape.");
        _buffer.Clear();
        var rest = (ReadOnlySpan<byte>)_shapes[shape];
        while (rest.IndexOfAny(ChunkBuilder.ValueMark, ChunkBuilder.SequenceMark, ChunkBuilder.NameMark) is >= 0 and var mark)
        {
            _buffer.Append(rest[..mark]);
            if (rest[mark] == ChunkBuilder.ValueMark) ShortText.Read(ref values, _codes, _buffer);
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

    private Range Next(ref ReadOnlySpan<byte> input, string what)
    {
        var length = ShortText.ReadNumber(ref input);
        if (length > (ulong)input.Length) throw new CorruptLedgerException($"{what} is too short.");
        var start = _raw.Length - input.Length;
        input = input[(int)length..];
        return start..(start + (int)length);
    }
}
