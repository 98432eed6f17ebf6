using System.Buffers;
using Domesday.Core.Query;

namespace Domesday.Core.Export;

/// <summary>Each event on a line, in one of the <see cref="EventFormats"/>.</summary>
public sealed class MappedExport(string name, string mediaType, RecordWriter write) : IExportFormat
{
    public string Name => name;

    public string MediaType => mediaType;

    public ExportWriter Open(IBufferWriter<byte> output) => new Lines(output, write);

    private sealed class Lines(IBufferWriter<byte> output, RecordWriter write) : ExportWriter(output)
    {
        private readonly EntryFields _fields = new();
        private readonly RecordJson _json = new();

        public override void Write(in StoredEntry entry)
        {
            _fields.Read(entry);
            _json.Clear();
            write(_fields, _json);
            Output.Write(_json.Written);
            Output.Write("\n"u8);
        }
    }
}
