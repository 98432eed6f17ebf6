using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Events;
using Microsoft.AspNetCore.Http;

namespace Domesday.Dialects.DockerUcp;

/// <summary>The answer to <c>docker logs</c>: what is there, and with <c>-f</c> what comes, as it comes.</summary>
/// <remarks>A failure after the first byte cuts the connection. Source of the framing: Engine API 1.47, «ContainerAttach», «Stream format».</remarks>
internal sealed class ContainerLogsResult(ControllerLog log, AccessScope scope, DockerUcpQuery query, EventFilter filter, string mediaType, TimeProvider time, TimeSpan followMax, CancellationToken stopping) : IResult
{
    /// <summary>Sequences of one pass, so that no snapshot is held for long.</summary>
    private const int StepMax = 100_000;

    private readonly LineForm _form = new(Framed: true, query.Timestamps, query.Details);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.ContentType = mediaType;
        // Who follows a quiet log must not wait for the first line to learn that all is well.
        await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
        await WriteAsync(httpContext, filter, httpContext.RequestAborted);
        if (!query.Follow) return;
        using var lifetime = new CancellationTokenSource(Left(), time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping, lifetime.Token);
        try
        {
            await FollowAsync(httpContext, end.Token);
        }
        catch (OperationCanceledException)
        {
            // A log that ends between two lines.
        }
    }

    /// <summary>Until the moment that was named, or as long as anybody may follow.</summary>
    private TimeSpan Left()
    {
        if (query.Until is not { } until) return followMax;
        var left = until.Microseconds - Timestamp.FromDateTimeOffset(time.GetUtcNow()).Microseconds;
        return left <= 0 ? TimeSpan.Zero : left < followMax.Ticks / TimeSpan.TicksPerMicrosecond ? TimeSpan.FromMicroseconds(left) : followMax;
    }

    private async Task FollowAsync(HttpContext http, CancellationToken cancellation)
    {
        var next = filter.ToSequence ?? 0;
        while (true)
        {
            await log.WaitBeyondAsync(scope.Tenant!, next, cancellation);
            var last = Math.Min(log.Size(scope.Tenant!), next + StepMax);
            if (query.Stdout) await WriteAsync(http, filter with { FromSequence = next, ToSequence = last }, cancellation);
            next = last;
        }
    }

    private async Task WriteAsync(HttpContext http, EventFilter wanted, CancellationToken cancellation)
    {
        await foreach (var lines in log.ReadAsync(scope, wanted, _form, cancellation))
        {
            if ((await http.Response.BodyWriter.WriteAsync(lines, cancellation)).IsCompleted) throw new OperationCanceledException("Nobody reads the log any more.");
        }
    }
}
