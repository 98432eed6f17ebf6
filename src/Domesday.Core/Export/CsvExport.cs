using System.Buffers;
using System.Text;
using Domesday.Core.Query;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>A row for each event, a column for each field of <see cref="EventSchema"/> under its path. <see cref="CsvExportReader"/> gives the events back, byte for byte.</summary>
/// <remarks>Source: RFC 4180. Absent fields are empty cells (no field of an event can be empty); lists, objects and bodies are JSON. What a spreadsheet would run is defused: <see cref="CsvCell"/>.</remarks>
public sealed class CsvExport : IExportFormat
{
    private static readonly byte[] Header = Encoding.ASCII.GetBytes(string.Join(',', EventSchema.Fields.Select(field => field.Path)) + "\r\n");
    private static readonly bool[] IsText = [.. EventSchema.Fields.Select(field => EntrySlicer.IsQuoted(field.Kind))];

    public string Name => "csv";

    public string MediaType => "text/csv; charset=utf-8; header=present";

    public ExportWriter Open(IBufferWriter<byte> output) => new Rows(output);

    private sealed class Rows : ExportWriter
    {
        private readonly FieldSlice[] _slices = new FieldSlice[EventSchema.Count];

        public Rows(IBufferWriter<byte> output)
            : base(output) => output.Write(Header);

        public override void Write(in StoredEntry entry)
        {
            var bytes = entry.Bytes.Span;
            EntrySlicer.Slice(bytes, _slices);
            for (var i = 0; i < _slices.Length; i++)
            {
                if (i > 0) Output.Write(","u8);
                var value = _slices[i].Of(bytes);
                if (value.IsEmpty) continue;
                CsvCell.Write(IsText[i] && value.Contains((byte)'\\') ? CanonicalText.Unescape(value) : value, Output);
            }
            Output.Write("\r\n"u8);
        }
    }
}
