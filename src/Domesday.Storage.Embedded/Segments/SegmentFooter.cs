using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Coding;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Where everything in a segment lies.</summary>
internal sealed record SegmentFooter
{
    /// <summary>Raised when the layout changes; those of released versions stay readable.</summary>
    public const int Version = 3;

    /// <summary>The layout of segments that have no holes.</summary>
    public const int VersionWithoutHoles = 2;

    public required long FirstSequence { get; init; }

    public required int Rows { get; init; }

    public required IReadOnlyList<SegmentColumn> Columns { get; init; }

    /// <summary>Position and length of every block.</summary>
    public required Section Blocks { get; init; }

    public required Section Times { get; init; }

    /// <summary>The rows in the order of their times; absent when that is the order of the rows.</summary>
    public Section? TimeOrder { get; init; }

    public required Section Hours { get; init; }

    public Section? Attachments { get; init; }

    /// <summary>The rows of erased events; absent when there are none.</summary>
    public Section? Holes { get; init; }

    public void Write(ByteBuffer output)
    {
        output.Append(Holes is null ? (byte)VersionWithoutHoles : (byte)Version);
        output.WriteInt64(FirstSequence);
        output.WriteInt32(Rows);
        Write(output, Blocks);
        Write(output, Times);
        Write(output, TimeOrder ?? default);
        Write(output, Hours);
        Write(output, Attachments ?? default);
        if (Holes is { } holes) Write(output, holes);
        output.WriteUInt16(Columns.Count);
        foreach (var column in Columns)
        {
            output.WriteBytes(System.Text.Encoding.ASCII.GetBytes(EventSchema.Of(column.Field).Path));
            output.Append((byte)column.Encoding);
            output.WriteInt32(column.Distinct);
            Write(output, column.Index);
        }
    }

    /// <exception cref="FormatException">A newer version, or a column that this version does not know.</exception>
    public static SegmentFooter Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var version = reader.Byte();
        if (version is not (Version or VersionWithoutHoles)) throw new FormatException($"A segment has the layout {version}; this version of Domesday reads {Version}.");
        var (first, rows) = (reader.Int64(), reader.Int32());
        var (blocks, times, order, hours, attachments) = (ReadSection(ref reader), ReadSection(ref reader), ReadSection(ref reader), ReadSection(ref reader), ReadSection(ref reader));
        var holes = version == Version ? ReadSection(ref reader) : (Section?)null;
        var columns = new SegmentColumn[reader.UInt16()];
        for (var i = 0; i < columns.Length; i++)
        {
            var path = System.Text.Encoding.ASCII.GetString(reader.Bytes());
            if (!EventSchema.TryFind(path, out var field)) throw new FormatException($"A segment has the column {path}, which this version of Domesday does not know.");
            columns[i] = new(field, (ColumnEncoding)reader.Byte(), reader.Int32(), ReadSection(ref reader));
        }
        return new()
        {
            FirstSequence = first,
            Rows = rows,
            Columns = columns,
            Blocks = blocks,
            Times = times,
            TimeOrder = order.Length == 0 ? null : order,
            Hours = hours,
            Attachments = attachments.Length == 0 ? null : attachments,
            Holes = holes,
        };
    }

    private static void Write(ByteBuffer output, Section section)
    {
        output.WriteInt64(section.Position);
        output.WriteInt32(section.Length);
    }

    private static Section ReadSection(ref WireReader reader) => new(reader.Int64(), reader.Int32());
}

/// <param name="Distinct">Different values, of coded columns.</param>
/// <param name="Index">The dictionary's directory of coded columns, the hash index's of indexed plain ones; length 0 otherwise.</param>
internal readonly record struct SegmentColumn(EventField Field, ColumnEncoding Encoding, int Distinct, Section Index);
