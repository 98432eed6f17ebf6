using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Domesday.Server.Api;

/// <summary>Sends events to a sink once more: from a sequence or a time on, or those that were rejected.</summary>
internal sealed class SinkReplays(Forwarder forwarder, IEventStore store, IEventReader reader, ServiceEventQueue queue)
{
    public static async Task<IResult> StartAsync(string id, HttpContext http, SinkDirectory directory, SinkReplays replays)
    {
        var found = directory.Find(http.Tenant(), id);
        if (!found.IsOk) return found.Problem.ToResult();
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var sink = found.Value;
        var isAsked = body.Value.Flag("dry_run") ?? false;
        var replay = await replays.ReadAsync(body.Value, sink, http.RequestAborted);
        if (!replay.IsOk) return replay.Problem.ToResult();
        var count = await replays.CountAsync(sink, replay.Value, http.RequestAborted);
        if (!count.IsOk) return count.Problem.ToResult();
        if (!isAsked && count.Value > 0)
        {
            if (replays.Start(sink, replay.Value) is { } problem) return problem.ToResult();
            await replays.RecordAsync(http, sink, "replay", count.Value);
        }
        return TypedResults.Json(new SinkReplayBody(count.Value, replay.Value.Next, replay.Value.To, !isAsked && count.Value > 0), SinkJson.Default.SinkReplayBody);
    }

    /// <summary>Records what was asked of a sink in the ledgers of its tenant and of the service.</summary>
    public ValueTask RecordAsync(HttpContext http, SinkDefinition sink, string word, long events)
    {
        var author = http.Author();
        var record = new AuditEvent
        {
            Action = word,
            Operation = $"sink.{word}",
            Actor = author.Actor,
            Source = author.Source,
            Resource = new() { Type = "sink", Id = sink.Id, Name = sink.Name },
            Outcome = new() { Result = OutcomeResult.Success },
            Labels = new Dictionary<string, string> { ["events"] = events.ToString(CultureInfo.InvariantCulture) },
        };
        queue.Add(sink.Tenant, record);
        return ValueTask.CompletedTask;
    }

    private Problem? Start(SinkDefinition sink, SinkReplay replay) => forwarder.Replay(sink.Id, replay);

    private ValueTask<Result<long>> CountAsync(SinkDefinition sink, SinkReplay replay, CancellationToken cancellation) => forwarder.CountAsync(sink, replay, cancellation);

    private async ValueTask<Result<SinkReplay>> ReadAsync(JsonBody body, SinkDefinition sink, CancellationToken cancellation)
    {
        var next = forwarder.Of(sink.Id)?.Cursor.Next ?? 0;
        var (from, to, since) = (body.LongOrNull("from_sequence", 0, long.MaxValue), body.LongOrNull("to_sequence", 0, long.MaxValue), body.Time("from_time"));
        var rejected = body.Flag("rejected") ?? false;
        if ((from is not null ? 1 : 0) + (since is not null ? 1 : 0) + (rejected ? 1 : 0) != 1) body.Fault("from_sequence", "say one of from_sequence, from_time and rejected");
        if (body.Problem() is { } problem) return problem;
        if (rejected) return new SinkReplay(0, next, true);
        if (since is { } time) from = await FirstSinceAsync(sink.Tenant, time, cancellation) ?? next;
        var first = Math.Max(from!.Value, store.Usage(sink.Tenant).FirstSequence);
        // What was not sent yet is sent anyhow.
        return new SinkReplay(Math.Min(first, next), Math.Min(to ?? next, next), false);
    }

    /// <summary>The first event that happened at a time or later.</summary>
    private async ValueTask<long?> FirstSinceAsync(string tenant, Timestamp time, CancellationToken cancellation)
    {
        var page = await reader.ListAsync(AccessScope.WholeTenant(tenant), new() { Filter = new() { From = time }, Order = EventOrder.Sequence, Descending = false, Limit = 1 }, cancellation);
        return page.IsOk && page.Value.Entries is [var first, ..] ? first.Sequence : null;
    }
}
