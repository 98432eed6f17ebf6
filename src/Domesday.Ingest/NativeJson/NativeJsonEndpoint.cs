using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Mapping;
using Domesday.Http.Parameters;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;

namespace Domesday.Ingest.NativeJson;

/// <summary><c>POST /audit/v1/events</c>.</summary>
internal sealed class NativeJsonEndpoint(AppendPipeline pipeline, BatchLimits limits)
{
    public async Task AppendAsync(HttpContext http)
    {
        var badEvents = BadEventsOf(http.Request.Query);
        var result = badEvents.IsOk ? await AppendAsync(http, badEvents.Value) : badEvents.Problem;
        var answer = result.IsOk ? new WrittenJson(json => AppendAnswer.Write(json, result.Value, IsMinimal(http.Request))) : result.Problem.ToResult();
        await answer.ExecuteAsync(http);
    }

    /// <summary>Whether counts are enough for the sender.</summary>
    /// <remarks>Source: RFC 7240 §4.2. A service that does not know the field answers with receipts.</remarks>
    private static bool IsMinimal(HttpRequest request) => request.Headers.TryGetValue("Prefer", out var preferences) && preferences.Any(preference => preference?.Contains("return=minimal", StringComparison.Ordinal) == true);

    private async ValueTask<Result<AppendResult>> AppendAsync(HttpContext http, BadEvents badEvents)
    {
        var read = await RequestBody.ReadAsync(http, limits.BytesMax);
        if (!read.IsOk) return read.Problem;
        using var body = read.Value;
        var events = JsonBatch.Split(body.Bytes, JsonBatch.FormOf(http.Request.ContentType), limits.EventsMax);
        if (!events.IsOk) return await RefuseAsync(http, body, badEvents, events.Problem);
        var request = new AppendRequest(http.Tenant(), NativeJsonSource.Name, events.Value) { BadEvents = badEvents, Projects = http.Scope().Projects };
        // Not cancelled when the sender hangs up: it finds out by sending again, and nothing is stored by halves.
        return await pipeline.AppendAsync(request, CancellationToken.None);
    }

    /// <summary>A body in which no event can be told from the next: refused, or kept as a whole for those who cannot correct it.</summary>
    private async ValueTask<Result<AppendResult>> RefuseAsync(HttpContext http, RequestBody body, BadEvents badEvents, Problem problem)
    {
        if (badEvents != BadEvents.Quarantine || problem.Faults.Count == 0) return problem;
        var kept = await pipeline.QuarantineAsync(http.Tenant(), NativeJsonSource.Name, [new(body.Bytes, problem.Faults)], CancellationToken.None);
        return kept.IsOk ? new AppendResult([], problem.Faults) { Quarantined = 1 } : kept.Problem;
    }

    private static Result<BadEvents> BadEventsOf(IQueryCollection query)
    {
        if (query.Count == 0) return BadEvents.RefuseBatch;
        var reader = new ParameterReader(query);
        var (partial, quarantine) = (reader.Flag("partial"), reader.Flag("quarantine"));
        if (reader.Problem() is { } problem) return problem;
        return quarantine ? BadEvents.Quarantine : partial ? BadEvents.Reject : BadEvents.RefuseBatch;
    }
}
