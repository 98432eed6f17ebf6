using System.Globalization;
using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Http.PlugIns;

/// <summary>What a source does with a body that a machine posted.</summary>
/// <param name="http">Of the request, for its headers.</param>
/// <param name="context">Where it comes from, as the sender named it; null when it did not.</param>
/// <returns>When everything that came is on disk, be it as events or in quarantine.</returns>
public delegate ValueTask<Result<AppendResult>> StorePosted(HttpContext http, ReadOnlyMemory<byte> body, string? context);

/// <summary>Routes for machines that post their events: with credentials in the header, or with an API key in the path where nothing else can be set. The answer counts what was stored.</summary>
public static class PostRoutes
{
    /// <param name="path">Such as <c>/ingest/cadf</c>.</param>
    /// <param name="context">Names the last part of the path, and the parameter, that says where the events come from, such as <c>region</c>.</param>
    /// <param name="contextCharsMax">Its length at most.</param>
    public static void MapPosted(this IEndpointRouteBuilder routes, string path, string context, int contextCharsMax, StorePosted store)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var limits = routes.ServiceProvider.GetRequiredService<BatchLimits>();
        Task AppendAsync(HttpContext http) => AnswerAsync(http, limits, context, contextCharsMax, store);
        routes.MapPost(path, AppendAsync).RequirePermission(Permission.AuditWrite, wholeTenant: true);
        routes.MapPost($"{path}/{{key}}/{{{context}?}}", AppendAsync).RequirePermission(Permission.AuditWrite, wholeTenant: true).AcceptKeyInPath();
    }

    private static async Task AnswerAsync(HttpContext http, BatchLimits limits, string context, int contextCharsMax, StorePosted store)
    {
        var from = http.Request.RouteValues[context] as string ?? http.Request.Query[context].FirstOrDefault();
        if (from is not null && (from.Length == 0 || from.Length > contextCharsMax))
        {
            await new Problem(ProblemKind.Invalid, string.Create(CultureInfo.InvariantCulture, $"A {context}'s name has 1 to {contextCharsMax} characters."), context).ToResult().ExecuteAsync(http);
            return;
        }
        var read = await RequestBody.ReadAsync(http, limits.BytesMax);
        if (!read.IsOk)
        {
            await read.Problem.ToResult().ExecuteAsync(http);
            return;
        }
        using var body = read.Value;
        var result = await store(http, body.Bytes, from);
        var answer = result.IsOk ? new WrittenJson(json => Write(json, result.Value)) : result.Problem.ToResult();
        await answer.ExecuteAsync(http);
    }

    private static void Write(Utf8JsonWriter json, AppendResult result)
    {
        var duplicates = result.Receipts.Count(receipt => receipt.Duplicate);
        json.WriteStartObject();
        json.WriteNumber("stored", result.Receipts.Count - duplicates);
        json.WriteNumber("duplicate", duplicates);
        json.WriteNumber("quarantined", result.Quarantined);
        json.WriteEndObject();
    }
}
