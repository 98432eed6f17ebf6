using System.Net;
using System.Security.Claims;
using Domesday.Capture.Acts;
using Domesday.Capture.Recording;
using Domesday.Events;
using Domesday.Events.Capture;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Capture;

/// <summary>Records each request when its answer is about to leave: the event is written before the first byte of the answer goes out.</summary>
internal sealed class CaptureMiddleware(RequestDelegate next, CaptureService capture, CaptureOptions options, EndpointCoverage coverage)
{
    private static readonly object IsCaptured = new();

    public async Task InvokeAsync(HttpContext http)
    {
        // Handlers of failures run the pipeline again for the same request.
        if (!http.Items.TryAdd(IsCaptured, null))
        {
            await next(http);
            return;
        }
        using var recording = capture.Recorder.Begin(FactsOf(http));
        if (recording is null)
        {
            http.Response.OnStarting(() => CoverAsync(http, hasEvent: false));
            await next(http);
            return;
        }
        recording.Refine(act => EndpointActs.Refine(act, http));
        if (!await recording.StartAsync())
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }
        var ending = new RequestEnding(recording, http);
        if (recording.RequestBody is { } tee) http.Request.Body = new TeeStream(http.Request.Body, tee);
        http.Response.OnStarting(async () =>
        {
            await ending.RunAsync();
            await CoverAsync(http, ending.HasEvent);
        });
        try
        {
            await next(http);
            await ending.RunAsync();
        }
        catch (Exception exception) when (!ending.IsDone)
        {
            // Whoever handles it further out answers with 500, or has done so by the time the answer starts.
            await ending.FailAsync(exception);
            throw;
        }
    }

    /// <summary>Runs before the answer goes out: a test that has its answer finds what it covered, and one without an event fails instead of seeming answered.</summary>
    private Task CoverAsync(HttpContext http, bool hasEvent)
    {
        if (!options.FailsWithoutEvent || HttpVerb.IsSafe(http.Request.Method) || http.Response.StatusCode >= 400) return Task.CompletedTask;
        coverage.Note(http, hasEvent);
        return hasEvent
            ? Task.CompletedTask
            : Task.FromException(new MissingEventException($"{http.Request.Method} {http.Request.Path} would be answered with {http.Response.StatusCode} and left no event."));
    }

    private RequestFacts FactsOf(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } raw ? raw : http.Request.PathBase + http.Request.Path + http.Request.QueryString;
        return new()
        {
            Method = http.Request.Method,
            Target = target,
            Path = RequestPath.Parse(target),
            StartedAt = Timestamp.FromDateTimeOffset(options.Time.GetUtcNow()),
            Actor = ActorOf(http.User),
            Source = SourceOf(http),
            RequestId = http.Request.Headers["X-Request-Id"].FirstOrDefault() ?? http.TraceIdentifier,
            ContentType = http.Request.ContentType,
            ContentEncoding = http.Request.Headers.ContentEncoding.FirstOrDefault(),
        };
    }

    private static Actor? ActorOf(ClaimsPrincipal user)
    {
        if (user.Identity is not { IsAuthenticated: true }) return null;
        var id = EventText.Clean(user.FindFirstValue(ClaimTypes.NameIdentifier) ?? user.FindFirstValue("sub"));
        var name = EventText.Clean(user.Identity.Name ?? user.FindFirstValue("preferred_username"));
        var roles = user.Claims.Where(claim => claim.Type is ClaimTypes.Role or "roles").Select(claim => EventText.Clean(claim.Value)).OfType<string>().Distinct().Take(100).ToList();
        return (id ?? name) is null ? null : new() { Type = ActorType.User, Id = id, Name = name ?? id, Roles = roles.Count == 0 ? null : roles };
    }

    private static EventSource? SourceOf(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : http.Connection.RemoteIpAddress;
        var source = new EventSource
        {
            Ip = address is null || address.Equals(IPAddress.None) ? null : address.ToString().Split('%')[0],
            Port = http.Connection.RemotePort is > 0 and var port ? port : null,
            UserAgent = EventText.Clean(http.Request.Headers.UserAgent.FirstOrDefault()),
        };
        return source == new EventSource() ? null : source;
    }

    /// <summary>The end of one request, which comes once: when its answer starts, or when its handler is through without one.</summary>
    private sealed class RequestEnding(RequestRecording recording, HttpContext http)
    {
        private readonly AuditScope? _scope = http.RequestServices.GetService<IAuditScope>() as AuditScope;

        public bool IsDone { get; private set; }

        public bool HasEvent { get; private set; }

        public async Task RunAsync()
        {
            if (IsDone) return;
            await EndAsync(http.Response.StatusCode, null);
        }

        public async Task FailAsync(Exception exception)
        {
            var isGone = exception is OperationCanceledException && http.RequestAborted.IsCancellationRequested;
            await EndAsync(isGone ? StatusCodes.Status499ClientClosedRequest : StatusCodes.Status500InternalServerError, isGone ? "The client broke off." : exception.GetType().Name);
        }

        private async Task EndAsync(int status, string? reason)
        {
            IsDone = true;
            if (_scope is not null) recording.Enrich = _scope.AddTo;
            if (recording.RequestBody is { } body && (http.Request.ContentLength ?? body.Length) == body.Length) body.IsComplete = true;
            // What must not pass for answered is broken off: its body may be on its way already.
            if (!await recording.EndAsync(status, default, reason)) http.Abort();
            HasEvent = recording.HasEvent;
        }
    }
}
