using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Domesday.Core.Append;

namespace Domesday.Ingest.KubernetesAudit;

/// <summary>A list's items as native events, and those that are none.</summary>
/// <param name="Origins">For each event, the item that it was made of.</param>
internal sealed record MappedItems(List<ReadOnlyMemory<byte>> Events, List<ReadOnlyMemory<byte>> Origins, List<RefusedInput> Refused)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static MappedItems Of(IReadOnlyList<ReadOnlyMemory<byte>> items, string? cluster)
    {
        var mapped = new MappedItems(new(items.Count), new(items.Count), []);
        var ends = new List<int>(items.Count);
        var (output, scratch) = (new ArrayBufferWriter<byte>(items.Sum(item => item.Length) + 1_024), new ArrayBufferWriter<byte>(4_096));
        using var json = new Utf8JsonWriter(scratch, Options);
        foreach (var item in items)
        {
            scratch.ResetWrittenCount();
            json.Reset(scratch);
            var fault = AuditEventMapping.TryWrite(item, cluster, json);
            json.Flush();
            if (fault is not null)
            {
                mapped.Refused.Add(new(item, [fault]) { Context = cluster });
                continue;
            }
            output.Write(scratch.WrittenSpan);
            ends.Add(output.WrittenCount);
            mapped.Origins.Add(item);
        }
        for (var i = 0; i < ends.Count; i++) mapped.Events.Add(output.WrittenMemory[(i == 0 ? 0 : ends[i - 1])..ends[i]]);
        return mapped;
    }
}
