using System.Buffers;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json;
using Domesday.Events;
using Domesday.Events.Json;

namespace Domesday.Client;

/// <summary>Bodies of appends.</summary>
internal static class EventBatch
{
    /// <summary>Writes an event on each line, with an id for those that have none.</summary>
    public static ReadOnlyMemory<byte> Write(IReadOnlyCollection<AuditEvent> events)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(1, events.Count) * 256);
        using var json = new Utf8JsonWriter(buffer);
        foreach (var one in events)
        {
            JsonSerializer.Serialize(json, one.Id is null ? one with { Id = Guid.CreateVersion7().ToString() } : one, EventJson.Default.AuditEvent);
            json.Flush();
            json.Reset();
            buffer.Write("\n"u8);
        }
        return buffer.WrittenMemory;
    }

    public static ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> lines)
    {
        var compressed = new MemoryStream(lines.Length / 4);
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(lines);
        return compressed.GetBuffer().AsMemory(0, (int)compressed.Length);
    }

    public static HttpContent Content(ReadOnlyMemory<byte> body, bool isCompressed)
    {
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        if (isCompressed) content.Headers.ContentEncoding.Add("gzip");
        return content;
    }
}
