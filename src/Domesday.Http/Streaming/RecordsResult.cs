using System.Buffers;
using Domesday.Core.Export;
using Domesday.Core.Query;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Streaming;

/// <summary>A page of events in a vendor's form: records with commas between them, and what stands around them.</summary>
public sealed class RecordsResult(IReadOnlyList<StoredEntry> entries, RecordWriter write) : IResult
{
    private const int FlushBytes = 256 * 1024;

    /// <summary>What stands before the records, up to the list's bracket.</summary>
    public ReadOnlyMemory<byte> Before { get; init; } = "["u8.ToArray();

    /// <summary>What stands behind them, from the list's bracket.</summary>
    public ReadOnlyMemory<byte> After { get; init; } = "]"u8.ToArray();

    public string MediaType { get; init; } = "application/json";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.ContentType = MediaType;
        var (output, fields, json) = (httpContext.Response.BodyWriter, new EntryFields(), new RecordJson());
        output.Write(Before.Span);
        var unflushed = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            if (i > 0) output.Write(","u8);
            json.Clear();
            fields.Read(entries[i]);
            write(fields, json);
            output.Write(json.Written);
            unflushed += json.Length;
            if (unflushed < FlushBytes) continue;
            unflushed = 0;
            if ((await output.FlushAsync(httpContext.RequestAborted)).IsCompleted) return;
        }
        output.Write(After.Span);
    }
}
