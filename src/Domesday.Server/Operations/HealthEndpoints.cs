using Domesday.Core.Access;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Retention;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Domesday.Server.Operations;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: it can take events and find them.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan ReadMax = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        // Balancers and watchers often ask for the headers alone.
        string[] methods = ["GET", "HEAD"];
        routes.MapMethods("/healthz", methods, () => TypedResults.Text("alive\n")).AllowUnauthenticated();
        routes.MapMethods("/readyz", methods, ReadyAsync).AllowUnauthenticated();
    }

    private static async Task<IResult> ReadyAsync(IEventStore store, IEventReader reader, Sealer sealer, TenantCaps caps, Forwarder forwarder, IHostApplicationLifetime lifetime, TimeProvider time, HttpContext http)
    {
        var reason = lifetime.ApplicationStopping.IsCancellationRequested
            ? new Problem(ProblemKind.Unavailable, "The service is stopping.")
            : store.NotAccepting ?? Broken(sealer) ?? await NotReadingAsync(reader, time, http.RequestAborted);
        return reason is null ? TypedResults.Text("ready\n" + Warnings(caps) + Warnings(forwarder, time.GetUtcNow())) : (reason with { Kind = ProblemKind.Unavailable }).ToResult();
    }

    /// <summary>Without names: anyone may ask. The log and the ledger's own routes name it.</summary>
    private static Problem? Broken(Sealer sealer) => sealer.Broken.Count is > 0 and var count
        ? new(ProblemKind.Unavailable, $"Ledgers that do not agree with their last signed checkpoint: {count}.") : null;

    /// <summary>Without names, too: it is ready for all the others.</summary>
    private static string Warnings(TenantCaps caps)
    {
        var near = caps.Near();
        if (near.Count == 0) return "";
        return $"warning: tenants that take 80 % or more of their bytes_max: {near.Count}; of these refused new events: {near.Count(share => share.IsFull)}\n";
    }

    private static string Warnings(Forwarder forwarder, DateTimeOffset now)
    {
        var all = forwarder.All;
        var (near, failing) = (all.Count(sink => sink.IsNearAgeMax(now)), all.Count(sink => sink.State is SinkStates.Failed or SinkStates.Held));
        return (near == 0 ? "" : $"warning: sinks whose receivers will soon refuse what waits as too old: {near}\n")
            + (failing == 0 ? "" : $"warning: sinks that forward nothing until somebody sees to them: {failing}\n");
    }

    private static async Task<Problem?> NotReadingAsync(IEventReader reader, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(ReadMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var page = await reader.ListAsync(AccessScope.WholeTenant(TenantName.System), new EventQuery { Limit = 1 }, either.Token);
            return page.Problem;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(ProblemKind.Unavailable, "The store does not answer.");
        }
    }
}
