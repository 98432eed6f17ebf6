using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Retention;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>How long a tenant's events are kept, how much room they may take, and how that stands.</summary>
internal static class RetentionEndpoints
{
    public static void MapRetention(this IEndpointRouteBuilder api)
    {
        api.MapGet("/retention", GetAsync).RequirePermission(Permission.ConfigRead, wholeTenant: true);
        api.MapPut("/retention", PutAsync).RequirePermission(Permission.ConfigWrite, wholeTenant: true);
    }

    private static Task<IResult> GetAsync(HttpContext http, RetentionPolicies policies, RetentionStatus status) => AnswerAsync(http, policies.Of(http.Tenant()), status);

    private static async Task<IResult> PutAsync(HttpContext http, RetentionPolicies policies, RetentionStatus status)
    {
        var expected = EntityVersion.Of(http.Request);
        if (!expected.IsOk) return expected.Problem.ToResult();
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var policy = Read(body.Value);
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var set = await policies.SetAsync(http.Author(), http.Tenant(), policy, expected.Value, http.RequestAborted);
        return set.IsOk ? await AnswerAsync(http, set.Value, status) : set.Problem.ToResult();
    }

    /// <summary>The whole policy: nothing is kept of the one before, so that days are always said.</summary>
    private static RetentionPolicy Read(JsonBody body)
    {
        var isSaid = body.Has("days") || body.Has("preset");
        if (!isSaid) body.Fault("days", "is missing: a number of days, null for ever, or a preset instead");
        return PolicyOf(body, "days", "preset", RetentionPolicy.Forever) with { BytesMax = body.LongOrNull("bytes_max", RetentionPolicy.BytesMaxLeast, RetentionPolicy.BytesMaxMost) };
    }

    /// <summary>Reads days or a preset.</summary>
    /// <param name="otherwise">When neither is there.</param>
    public static RetentionPolicy PolicyOf(JsonBody body, string daysName, string presetName, RetentionPolicy otherwise)
    {
        if (body.Has(daysName) && body.Has(presetName)) body.Fault(daysName, $"cannot stand beside {presetName}");
        var isDays = body.Has(daysName);
        var days = body.LongOrNull(daysName, 1, RetentionPolicy.DaysMax);
        if (isDays) otherwise = new() { Days = (int?)days };
        if (body.Text(presetName, RetentionPresets.NameCharsMax) is not { } preset) return otherwise;
        if (RetentionPresets.DaysOf(preset) is { } known) return new() { Days = known, Preset = preset };
        body.Fault(presetName, $"must be one of {string.Join(", ", RetentionPresets.Names)}");
        return otherwise;
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, VersionedRetention retention, RetentionStatus status)
    {
        var body = await status.OfAsync(http.Tenant(), retention, http.Principal().IsSystemAdministrator, http.RequestAborted);
        if (!body.IsOk) return body.Problem.ToResult();
        http.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{retention.Version}\"");
        return TypedResults.Json(body.Value, RetentionJson.Default.RetentionBody);
    }
}
