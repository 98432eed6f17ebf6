using System.Buffers;
using System.Text;
using Domesday.Core.Query;
using Domesday.Events.Json;

namespace Domesday.Core.Export;

/// <summary>Writes the cells of one event, as many as there are columns.</summary>
public delegate void RecordCells(EntryFields entry, RecordRow row);

/// <summary>CSV with columns of a vendor's: a header row, and a row of as many cells for each event.</summary>
/// <remarks>Source: RFC 4180. What a spreadsheet would run is defused: <see cref="CsvCell"/>.</remarks>
public sealed class RecordTableExport(string mediaType, IReadOnlyList<string> columns, RecordCells write) : IExportFormat
{
    private readonly byte[] _header = Encoding.UTF8.GetBytes(string.Join(',', columns) + "\r\n");

    public string Name => "csv";

    public string MediaType => mediaType;

    public ExportWriter Open(IBufferWriter<byte> output)
    {
        output.Write(_header);
        return new Rows(output, write);
    }

    private sealed class Rows(IBufferWriter<byte> output, RecordCells write) : ExportWriter(output)
    {
        private readonly EntryFields _fields = new();
        private readonly RecordRow _row = new(output);

        public override void Write(in StoredEntry entry)
        {
            _fields.Read(entry);
            write(_fields, _row);
            _row.End();
        }
    }
}

/// <summary>One row, cell after cell.</summary>
public sealed class RecordRow(IBufferWriter<byte> output)
{
    private bool _any;

    /// <param name="content">A text field's content as it stands in the entry, or JSON; empty for an empty cell.</param>
    public void Cell(ReadOnlySpan<byte> content)
    {
        Separate();
        if (!content.IsEmpty) CsvCell.Write(content[0] is not ((byte)'{' or (byte)'[') && content.Contains((byte)'\\') ? CanonicalText.Unescape(content) : content, output);
    }

    /// <param name="text">Plain; null or empty for an empty cell.</param>
    public void Cell(string? text)
    {
        Separate();
        if (!string.IsNullOrEmpty(text)) CsvCell.Write(Encoding.UTF8.GetBytes(text), output);
    }

    internal void End()
    {
        output.Write("\r\n"u8);
        _any = false;
    }

    private void Separate()
    {
        if (_any) output.Write(","u8);
        _any = true;
    }
}
