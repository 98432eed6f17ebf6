using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Core.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Domesday.Http.Problems;

/// <summary>A refusal as RFC 9457 problem details.</summary>
public static class ProblemResults
{
    /// <summary>The <c>type</c> of what has no page of its own.</summary>
    /// <remarks>Source: RFC 9457 §4.2.1.</remarks>
    private const string NoType = "about:blank";

    /// <summary>For a 429 or 503 that does not say itself when to come again.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static IResult ToResult(this Problem problem) => new ProblemResult(problem);

    public static int StatusOf(ProblemKind kind) => kind switch
    {
        ProblemKind.Invalid => StatusCodes.Status400BadRequest,
        ProblemKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        ProblemKind.Forbidden => StatusCodes.Status403Forbidden,
        ProblemKind.NotFound => StatusCodes.Status404NotFound,
        ProblemKind.Conflict => StatusCodes.Status409Conflict,
        ProblemKind.Gone => StatusCodes.Status410Gone,
        ProblemKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ProblemKind.TooMany => StatusCodes.Status429TooManyRequests,
        ProblemKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Answers with a status that no <see cref="ProblemKind"/> stands for, such as 405.</summary>
    /// <param name="detail">A sentence for the caller.</param>
    public static Task WriteStatusAsync(HttpContext http, int status, string detail)
    {
        ArgumentNullException.ThrowIfNull(http);
        http.Response.StatusCode = status;
        return http.Features.Get<IProblemShape>() is { } shape
            ? shape.WriteAsync(http, new(status, null, detail, []))
            : WriteAsync(http, new(NoType, ReasonPhrases.GetReasonPhrase(status), status, detail, null));
    }

    private static string TitleOf(ProblemKind kind) => kind switch
    {
        ProblemKind.Invalid => "The request is not valid",
        ProblemKind.Unauthenticated => "A valid credential is needed",
        ProblemKind.Forbidden => "The credential does not allow this",
        ProblemKind.NotFound => "There is no such thing",
        ProblemKind.Conflict => "It contradicts what is there",
        ProblemKind.Gone => "It was there and is gone",
        ProblemKind.TooLarge => "It is too large",
        ProblemKind.TooMany => "Too many requests",
        ProblemKind.Unavailable => "It cannot be done now",
        _ => "Stored data is damaged",
    };

    /// <summary>When the sender should come again; null when that is not said.</summary>
    public static TimeSpan? WaitOf(Problem problem) =>
        problem.RetryAfter ?? (problem.Kind is ProblemKind.Unavailable or ProblemKind.TooMany ? RetryAfter : null);

    private static IReadOnlyList<ProblemFault> FaultsOf(Problem problem) =>
        problem.Faults.Count > 0 ? problem.Faults : problem.Field is { } field ? [new(null, field, problem.Detail)] : [];

    private static Task WriteAsync(HttpContext http, ProblemDetailsBody body)
    {
        http.Response.ContentType = "application/problem+json";
        return JsonSerializer.SerializeAsync(http.Response.Body, body, ProblemJson.Default.ProblemDetailsBody, http.RequestAborted);
    }

    private sealed class ProblemResult(Problem problem) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = StatusOf(problem.Kind);
            if (WaitOf(problem) is { } wait) response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            if (problem.Kind == ProblemKind.Unauthenticated) response.Headers.WWWAuthenticate = "Basic realm=\"domesday\", Bearer realm=\"domesday\"";
            if (httpContext.Features.Get<IProblemShape>() is { } shape) return shape.WriteAsync(httpContext, new(response.StatusCode, problem.Kind, problem.Detail, FaultsOf(problem)));
            var faults = FaultsOf(problem);
            var errors = faults.Count > 0 ? faults.Select(fault => new ProblemError(fault.Index, fault.Field, fault.Reason)).ToList() : null;
            return WriteAsync(httpContext, new($"/problems/{problem.Kind.ToString().ToLowerInvariant()}", TitleOf(problem.Kind), response.StatusCode, problem.Detail, errors));
        }
    }
}

internal sealed record ProblemDetailsBody(string Type, string Title, int Status, string Detail, IReadOnlyList<ProblemError>? Errors);

internal sealed record ProblemError(int? Index, string Field, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemDetailsBody))]
internal sealed partial class ProblemJson : JsonSerializerContext;
