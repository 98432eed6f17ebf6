using System.Buffers;
using Domesday.Core.Query;

namespace Domesday.Core.Export;

/// <summary>One JSON array of records in another form, without white space and with nothing after it. Its closing bracket is missing when it was cut off.</summary>
public sealed class RecordArrayExport(string mediaType, RecordWriter write) : IExportFormat
{
    public string Name => "json";

    public string MediaType => mediaType;

    public ExportWriter Open(IBufferWriter<byte> output) => new Elements(output, write);

    private sealed class Elements : ExportWriter
    {
        private readonly RecordWriter _write;
        private readonly EntryFields _fields = new();
        private readonly RecordJson _json = new();
        private bool _any;

        public Elements(IBufferWriter<byte> output, RecordWriter write)
            : base(output)
        {
            _write = write;
            output.Write("["u8);
        }

        public override void Write(in StoredEntry entry)
        {
            if (_any) Output.Write(","u8);
            _any = true;
            _fields.Read(entry);
            _json.Clear();
            _write(_fields, _json);
            Output.Write(_json.Written);
        }

        public override void End() => Output.Write("]"u8);
    }
}
