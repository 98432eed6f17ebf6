using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>The bytes of a block, and where each column's share of them is: found once, for all who read it.</summary>
internal sealed class Block(SegmentLayout layout)
{
    private const int BytesPerColumn = 64;

    private readonly PackedNumbers[] _numbers = new PackedNumbers[layout.Encodings.Length];
    private readonly PlainValues[] _values = new PlainValues[layout.Encodings.Length];
    private readonly List<EntryMember> _members = new(layout.Members.Length);
    private readonly List<TextRun> _runs = [];

    /// <summary>What it takes in memory, about.</summary>
    public int MemoryBytes => 256 + Bytes.Length + layout.Encodings.Length * BytesPerColumn;

    public byte[] Bytes { get; private set; } = [];

    public SegmentLayout Layout => layout;

    /// <summary>What the entries of the block are made of: members that some row has.</summary>
    public ReadOnlySpan<EntryMember> Members => CollectionsMarshal.AsSpan(_members);

    /// <summary>Texts that are compressed together, in order of their rows.</summary>
    public IReadOnlyList<TextRun> Runs => _runs;

    /// <summary>Of coded columns the codes, of clocks the moments, of bodies the lengths.</summary>
    public ref readonly PackedNumbers Numbers(int column) => ref _numbers[column];

    public ref readonly PlainValues Values(int column) => ref _values[column];

    /// <summary>Whether no row has a value.</summary>
    public bool IsAbsent(int column) => layout.Encodings[column] == ColumnEncoding.Plain ? _values[column].IsAbsent : _numbers[column].IsZero;

    /// <param name="bytes">A block and <see cref="BitPacking.Padding"/> bytes behind it; must not change while it is read.</param>
    /// <returns>This.</returns>
    public Block Load(byte[] bytes)
    {
        Bytes = bytes;
        var rows = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        var position = 2;
        for (var i = 0; i < layout.Encodings.Length; i++)
        {
            if (layout.Encodings[i] == ColumnEncoding.Plain) _values[i] = PlainValues.Find(bytes, ref position, rows);
            else _numbers[i] = PackedNumbers.Find(bytes, ref position, rows);
        }
        FindRuns(position);
        _members.Clear();
        foreach (var member in layout.Members)
        {
            if (member.Column < 0 || !IsAbsent(member.Column) || layout.Encodings[member.Column] == ColumnEncoding.Clock) _members.Add(member);
        }
        return this;
    }

    private void FindRuns(int position)
    {
        _runs.Clear();
        var count = Bytes[position++];
        for (var i = 0; i < count; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(Bytes.AsSpan(position + 1));
            var compressed = BinaryPrimitives.ReadInt32LittleEndian(Bytes.AsSpan(position + 5));
            _runs.Add(new(Bytes[position], position + 9, length, compressed));
            position += 9 + compressed;
        }
    }
}

/// <summary>Texts of consecutive rows of a block, compressed together.</summary>
/// <param name="Length">Of the text.</param>
/// <param name="Compressed">Bytes in the block; the same as the length when it is not compressed.</param>
internal readonly record struct TextRun(int FirstRow, int Position, int Length, int Compressed);
