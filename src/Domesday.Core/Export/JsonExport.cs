using System.Buffers;
using Domesday.Core.Query;

namespace Domesday.Core.Export;

/// <summary>One JSON array. Its closing bracket is missing when it was cut off.</summary>
public sealed class JsonExport : IExportFormat
{
    public string Name => "json";

    public string MediaType => "application/json";

    public ExportWriter Open(IBufferWriter<byte> output) => new Elements(output);

    private sealed class Elements : ExportWriter
    {
        private bool _any;

        public Elements(IBufferWriter<byte> output)
            : base(output) => output.Write("["u8);

        public override void Write(in StoredEntry entry)
        {
            Output.Write(_any ? ",\n"u8 : "\n"u8);
            Output.Write(entry.Bytes.Span);
            _any = true;
        }

        public override void End() => Output.Write("\n]\n"u8);
    }
}
