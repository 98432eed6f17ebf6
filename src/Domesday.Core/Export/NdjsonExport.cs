using System.Buffers;
using Domesday.Core.Query;

namespace Domesday.Core.Export;

/// <summary>Each event on a line of its own, in the canonical bytes that the ledger keeps and its proofs are about.</summary>
public sealed class NdjsonExport : IExportFormat
{
    public string Name => "ndjson";

    public string MediaType => "application/x-ndjson";

    public ExportWriter Open(IBufferWriter<byte> output) => new Lines(output);

    private sealed class Lines(IBufferWriter<byte> output) : ExportWriter(output)
    {
        public override void Write(in StoredEntry entry)
        {
            Output.Write(entry.Bytes.Span);
            Output.Write("\n"u8);
        }
    }
}
