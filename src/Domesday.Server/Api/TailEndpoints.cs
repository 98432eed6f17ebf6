using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Domesday.Server.Api;

/// <summary>Events as they come.</summary>
internal static class TailEndpoints
{
    private const string LastEventId = "Last-Event-ID";

    public static void MapTail(this IEndpointRouteBuilder api) => api.MapGet("/tail", Tail).RequirePermission(Permission.AuditList).AllowViewers();

    private static IResult Tail(HttpContext http, IEventStore store, IEventReader reader, ReadAudit audit, TimeProvider time, IHostApplicationLifetime host)
    {
        var size = store.Size(http.Tenant());
        var parameters = new ParameterReader(http.Request.Query);
        var filter = EventParameters.Filter(parameters, time.GetUtcNow());
        var last = Last(http, parameters, size);
        if (parameters.Problem() is { } problem) return problem.ToResult();
        if (last is null) http.RecordRead(audit, "events.tail", QueryText.Of(http.Request));
        return new TailResult(store, reader, new(http.Scope(), filter, last + 1 ?? filter.FromSequence ?? size), time, host.ApplicationStopping);
    }

    /// <summary>The last event that the caller has seen.</summary>
    private static long? Last(HttpContext http, ParameterReader parameters, long size)
    {
        if (http.Request.Headers[LastEventId].ToString() is not { Length: > 0 } text) return null;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var last)) parameters.Refuse(LastEventId, "must be a sequence");
        else if (last >= size) parameters.Refuse(LastEventId, http.Scope().IsWholeTenant ? $"is {last}, but the ledger has only {size} events: it is not the one that was followed" : "is not of this ledger");
        return last;
    }
}
