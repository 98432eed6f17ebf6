using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Events.Capture;
using Domesday.Events.Json;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Domesday.Server.Api;

/// <summary>What is captured for a tenant. Capturers read it with the credential they append with, and wait here for it to change; auditors read it as they read every setting.</summary>
internal static class PolicyEndpoints
{
    private const int WaitSecondsMax = 60;
    private const int BodyBytesMax = 128 * 1024;

    public static void MapPolicies(this IEndpointRouteBuilder api)
    {
        api.MapGet("/policies", GetAsync).RequirePermission(Permission.AuditWrite, wholeTenant: true, or: Permission.ConfigRead);
        api.MapPut("/policies", PutAsync).RequirePermission(Permission.ConfigWrite, wholeTenant: true);
    }

    private static async Task<IResult> GetAsync(HttpContext http, CapturePolicies policies, IHostApplicationLifetime host, TimeProvider time)
    {
        var parameters = new ParameterReader(http.Request.Query);
        var wait = parameters.Number("wait", 0, WaitSecondsMax) ?? 0;
        if (parameters.Problem() is { } problem) return problem.ToResult();
        var tenant = http.Tenant();
        if (Version(http.Request.Headers.IfNoneMatch.ToString()) is not { } seen) return Answer(http, policies.Of(tenant));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(wait), time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted, host.ApplicationStopping);
        if (await policies.OtherThanAsync(tenant, seen, end.Token) is { } changed) return Answer(http, changed);
        http.Response.Headers.ETag = Tag(seen);
        return TypedResults.StatusCode(StatusCodes.Status304NotModified);
    }

    private static async Task<IResult> PutAsync(HttpContext http, CapturePolicies policies)
    {
        var expected = EntityVersion.Of(http.Request);
        if (!expected.IsOk) return expected.Problem.ToResult();
        var read = await RequestBody.ReadAsync(http, BodyBytesMax);
        if (!read.IsOk) return read.Problem.ToResult();
        using var body = read.Value;
        var policy = Read(body.Bytes.Span);
        if (!policy.IsOk) return policy.Problem.ToResult();
        var set = await policies.SetAsync(http.Author(), http.Tenant(), policy.Value, expected.Value, http.RequestAborted);
        return set.IsOk ? Answer(http, set.Value) : set.Problem.ToResult();
    }

    private static Result<CapturePolicy> Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, CaptureJson.Default.CapturePolicy) is { } policy ? policy : new Problem(ProblemKind.Invalid, "The body must be a JSON object.");
        }
        catch (JsonException exception) when (exception.Path is { Length: > 1 } path)
        {
            return new Problem(ProblemKind.Invalid, "The policy is not valid; nothing was changed.") { Faults = [new(null, path.TrimStart('$', '.'), "is unknown, missing, given twice or of another type")] };
        }
        catch (JsonException exception)
        {
            return new Problem(ProblemKind.Invalid, $"The body {EventParser.NotJson(exception)}.");
        }
    }

    private static JsonHttpResult<PolicyBody> Answer(HttpContext http, VersionedPolicy policy)
    {
        http.Response.Headers.ETag = Tag(policy.Version);
        return TypedResults.Json(new PolicyBody(policy.Version, policy.Policy), PolicyJson.Default.PolicyBody);
    }

    private static string Tag(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    private static long? Version(string tag) => long.TryParse(tag.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}

/// <param name="Version">Changes with the policy; 0 while nobody has set one.</param>
internal sealed record PolicyBody(long Version, CapturePolicy Policy);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(PolicyBody))]
internal sealed partial class PolicyJson : JsonSerializerContext;
