using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Domesday.Http.Problems;

/// <summary>Gives every failure the shape of a problem: what the server or routing refused without a word, and what nobody expected.</summary>
/// <remarks>A failure after the first byte of an answer cuts the connection, so that half an answer never looks like a whole one.</remarks>
public sealed class FailureMiddleware(RequestDelegate next, ILogger<FailureMiddleware> logger, IEnumerable<IProblemShape> shapes)
{
    private readonly IProblemShape[] _shapes = [.. shapes];

    public async Task InvokeAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (Array.Find(_shapes, shape => shape.Covers(http.Request.Path)) is { } shape) http.Features.Set(shape);
        try
        {
            await next(http);
            if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null }) await ExplainAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone: nobody reads an answer.
        }
        catch (BadHttpRequestException refused)
        {
            if (http.Response.HasStarted) throw;
            await RefusedByServerAsync(http, refused);
        }
        catch (Exception exception)
        {
            ProblemsLog.Failed(logger, exception, http.Request.Method, Route(http));
            if (http.Response.HasStarted)
            {
                http.Abort();
                return;
            }
            await FailedAsync(http, exception);
        }
    }

    private static Task ExplainAsync(HttpContext http) => http.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => new Problem(ProblemKind.NotFound, "There is nothing at this path.").ToResult().ExecuteAsync(http),
        StatusCodes.Status405MethodNotAllowed => ProblemResults.WriteStatusAsync(http, StatusCodes.Status405MethodNotAllowed, $"This path does not take {http.Request.Method}; see the header Allow."),
        StatusCodes.Status415UnsupportedMediaType => ProblemResults.WriteStatusAsync(http, StatusCodes.Status415UnsupportedMediaType, "The body's Content-Type is not one that this path takes."),
        var status => ProblemResults.WriteStatusAsync(http, status, "The request was refused."),
    };

    private static Task RefusedByServerAsync(HttpContext http, BadHttpRequestException refused)
    {
        if (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
            return new Problem(ProblemKind.TooLarge, "The body is larger than the server takes.").ToResult().ExecuteAsync(http);
        return refused.StatusCode == StatusCodes.Status400BadRequest
            ? new Problem(ProblemKind.Invalid, "The request is not sound HTTP.").ToResult().ExecuteAsync(http)
            : ProblemResults.WriteStatusAsync(http, refused.StatusCode, refused.Message);
    }

    private static Task FailedAsync(HttpContext http, Exception exception)
    {
        http.Response.Clear();
        return exception is CorruptLedgerException
            ? new Problem(ProblemKind.Corrupt, "Stored data does not agree with its checksum.").ToResult().ExecuteAsync(http)
            : ProblemResults.WriteStatusAsync(http, StatusCodes.Status500InternalServerError, "The service failed; its log says more.");
    }

    /// <summary>The route's pattern and not the path, which may hold a key.</summary>
    private static string Route(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
}
