using System.Buffers;
using System.Globalization;
using System.Text;
using Domesday.Core.Query;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Streaming;

/// <summary>A page of events, each in the very bytes that the ledger keeps: <c>{"events":[…],"next_cursor":"…","total":n,"complete_through":"…"}</c>.</summary>
public sealed class EventPageResult(EventPage page) : IResult
{
    /// <summary>A page may have a thousand entries of 64 KiB: they are sent on the way, not gathered first.</summary>
    private const int FlushBytes = 256 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.ContentType = "application/json";
        var output = httpContext.Response.BodyWriter;
        output.Write("{\"events\":["u8);
        var unflushed = 0;
        for (var i = 0; i < page.Entries.Count; i++)
        {
            if (i > 0) output.Write(","u8);
            output.Write(page.Entries[i].Bytes.Span);
            unflushed += page.Entries[i].Bytes.Length;
            if (unflushed < FlushBytes) continue;
            unflushed = 0;
            if ((await output.FlushAsync(httpContext.RequestAborted)).IsCompleted) return;
        }
        output.Write("]"u8);
        var tail = new StringBuilder();
        if (page.Next is { } next) tail.Append(CultureInfo.InvariantCulture, $",\"next_cursor\":\"{next}\"");
        if (page.Total is { } total) tail.Append(CultureInfo.InvariantCulture, $",\"total\":{total}");
        tail.Append(CultureInfo.InvariantCulture, $",\"complete_through\":\"{page.CompleteThrough}\"}}");
        Encoding.ASCII.GetBytes(tail.ToString(), output);
    }
}
