using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Dialects.UpCloud;

/// <summary>UpCloud's form of RFC 9457: a type below its page of errors, and a correlation id.</summary>
internal sealed class UpCloudErrors : IProblemShape
{
    /// <summary>Exactly so: UpCloud's Go client compares the whole header, and takes an error with a charset for none.</summary>
    private const string MediaType = "application/problem+json";

    private const string Types = "https://developers.upcloud.com/1.3/errors#";

    /// <summary>All of it: a client that asks for something else of UpCloud reads no other form.</summary>
    private static readonly PathString Version = "/1.3";

    public bool Covers(PathString path) => path.StartsWithSegments(Version);

    public Task WriteAsync(HttpContext http, Refusal refusal)
    {
        var (type, title) = Names(refusal.Status);
        var parameters = refusal.Kind == ProblemKind.Invalid && refusal.Faults.Count > 0 ? refusal.Faults.Select(fault => new UpCloudInvalidParameter(fault.Field, fault.Reason)).ToList() : null;
        var id = Ulid.Random(http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        http.Response.ContentType = MediaType;
        return JsonSerializer.SerializeAsync(
            http.Response.Body, new(Types + type, title, parameters, id, refusal.Status), UpCloudJson.Default.UpCloudProblem, http.RequestAborted);
    }

    private static (string Type, string Title) Names(int status) => status switch
    {
        StatusCodes.Status400BadRequest => ("ERROR_INVALID_REQUEST", "Validation error."),
        StatusCodes.Status401Unauthorized => ("ERROR_AUTHENTICATION_FAILED", "Authentication failed using the given username and password."),
        StatusCodes.Status403Forbidden => ("ERROR_FORBIDDEN", "The account does not have the permission to do this."),
        StatusCodes.Status404NotFound => ("ERROR_RESOURCE_NOT_FOUND", "The resource you requested does not exist."),
        StatusCodes.Status405MethodNotAllowed => ("ERROR_METHOD_NOT_ALLOWED", "The method is not allowed for this resource."),
        StatusCodes.Status429TooManyRequests => ("ERROR_TOO_MANY_REQUESTS", "Too many requests."),
        StatusCodes.Status503ServiceUnavailable => ("ERROR_SERVICE_UNAVAILABLE", "The service is not available now."),
        >= 500 => ("ERROR_INTERNAL", "The service failed."),
        _ => ("ERROR_INVALID_REQUEST", ReasonPhrases.GetReasonPhrase(status)),
    };
}
