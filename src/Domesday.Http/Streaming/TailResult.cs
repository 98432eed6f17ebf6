using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Streaming;

/// <summary>What is followed.</summary>
/// <param name="Scope">Of one tenant.</param>
/// <param name="Next">The first sequence that is wanted.</param>
public sealed record TailRequest(AccessScope Scope, EventFilter Filter, long Next);

/// <summary>Events as they are stored, as server-sent events: <c>id</c> is the sequence, <c>data</c> the entry.</summary>
/// <remarks>
/// A heartbeat carries the id of the last event that was looked at, so that a caller whose filter seldom matches resumes from there; not to readers of a part.
/// The stream ends by itself when the service stops, and after an hour, so that a credential that was revoked does not listen on for ever;
/// a caller takes it up again behind the last id. Source of the form: WHATWG HTML, «Server-sent events».
/// </remarks>
public sealed class TailResult(IEventStore store, IEventReader reader, TailRequest request, TimeProvider time, CancellationToken stopping) : IResult
{
    private const int FlushBytes = 64 * 1024;

    /// <summary>Sequences of one pass, so that no snapshot is held for long.</summary>
    private const int StepMax = 100_000;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LifetimeMax = TimeSpan.FromHours(1);

    private readonly string _tenant = request.Scope.Tenant ?? throw new ArgumentException("A tail is of one tenant.", nameof(request));
    private long _next = request.Next;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        using var lifetime = new CancellationTokenSource(LifetimeMax, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping, lifetime.Token);
        try
        {
            WriteText(response.BodyWriter, "retry: 3000\n");
            await FollowAsync(response.BodyWriter, end.Token);
        }
        catch (OperationCanceledException)
        {
            // A stream that ends between two events: the caller takes it up again.
        }
    }

    private async Task FollowAsync(PipeWriter output, CancellationToken cancellation)
    {
        await BeatAsync(output, cancellation);
        Task? grown = null;
        while (true)
        {
            var size = store.Size(_tenant);
            if (size > _next)
            {
                grown = null;
                await CatchUpAsync(output, Math.Min(size, _next + StepMax), cancellation);
                continue;
            }
            grown ??= store.WaitBeyondAsync(_tenant, _next, cancellation);
            try
            {
                await grown.WaitAsync(Heartbeat, time, cancellation);
            }
            catch (TimeoutException)
            {
                await BeatAsync(output, cancellation);
            }
        }
    }

    private async Task CatchUpAsync(PipeWriter output, long end, CancellationToken cancellation)
    {
        var wanted = request.Filter with
        {
            FromSequence = Math.Max(_next, request.Filter.FromSequence ?? 0),
            ToSequence = Math.Min(end, request.Filter.ToSequence ?? long.MaxValue),
        };
        var unflushed = 0;
        await foreach (var batch in reader.ReadAsync(request.Scope, wanted, EventOrder.Sequence, descending: false, cancellation))
        {
            for (var i = 0; i < batch.Count; i++)
            {
                Write(output, batch[i]);
                unflushed += batch[i].Bytes.Length;
                if (unflushed < FlushBytes) continue;
                unflushed = 0;
                await FlushAsync(output, cancellation);
            }
        }
        _next = end;
        if (unflushed > 0) await FlushAsync(output, cancellation);
    }

    private static void Write(PipeWriter output, in StoredEntry entry)
    {
        WriteText(output, string.Create(CultureInfo.InvariantCulture, $"id: {entry.Sequence}\ndata: "));
        output.Write(entry.Bytes.Span);
        output.Write("\n\n"u8);
    }

    private Task BeatAsync(PipeWriter output, CancellationToken cancellation)
    {
        // Who may not see all is not told how much there is.
        WriteText(output, _next == 0 || !request.Scope.IsWholeTenant ? ": heartbeat\n\n" : string.Create(CultureInfo.InvariantCulture, $": heartbeat\nid: {_next - 1}\n\n"));
        return FlushAsync(output, cancellation);
    }

    private static async Task FlushAsync(PipeWriter output, CancellationToken cancellation)
    {
        if ((await output.FlushAsync(cancellation)).IsCompleted) throw new OperationCanceledException("Nobody reads the tail any more.");
    }

    private static void WriteText(PipeWriter output, string text) => Encoding.ASCII.GetBytes(text, output);
}
