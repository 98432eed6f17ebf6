using System.Text.Json;
using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Secrets;
using Domesday.Events;
using Domesday.Events.Capture;
using Domesday.Events.Json;
using Domesday.Http.Authorization;
using Microsoft.AspNetCore.Http;

namespace Domesday.Dialects.DockerUcp;

/// <summary>Changes UCP's configuration, and records the request in the tenant's own log as UCP would: also the one that switches auditing off.</summary>
internal sealed class DockerUcpRequests(ControlLedger ledger, SecretBox secrets, AppendPipeline pipeline, TimeProvider time)
{
    public DockerUcpConfig Of(string tenant) => DockerUcpConfig.Of(ledger.State, tenant, secrets);

    /// <param name="change">Sees the configuration that is in force.</param>
    /// <param name="body">What is recorded at level request; JSON.</param>
    /// <returns>The configuration after the change.</returns>
    public async ValueTask<Result<DockerUcpConfig>> ChangeAsync(HttpContext http, Func<DockerUcpConfig, Result<DockerUcpConfig>> change, ReadOnlyMemory<byte> body)
    {
        var tenant = http.Tenant();
        CaptureLevel? before = null;
        var changed = await ledger.ChangeAsync(http.Author(), state =>
        {
            var present = DockerUcpConfig.Of(state, tenant, secrets);
            before = present.AuditLevel;
            var wanted = change(present);
            return wanted.IsOk ? wanted.Value.Changes(state, tenant, secrets) : wanted.Problem;
        }, http.RequestAborted);
        if (!changed.IsOk) return changed.Problem;
        var after = DockerUcpConfig.Of(changed.Value, tenant, secrets);
        await RecordAsync(http, tenant, before > after.AuditLevel ? before.Value : after.AuditLevel, body);
        return after;
    }

    /// <param name="level">The higher of those before and after: the change that ends recording is recorded yet.</param>
    private async ValueTask RecordAsync(HttpContext http, string tenant, CaptureLevel level, ReadOnlyMemory<byte> body)
    {
        if (level == CaptureLevel.None) return;
        var author = http.Author();
        var target = http.Request.Path + http.Request.QueryString;
        var kept = level == CaptureLevel.Request ? Redactor.Default.Body(http.Request.Method, RequestPath.Parse(target), http.Request.ContentType, body) : CapturedBody.Absent;
        var request = new AuditEvent
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()).ToString(),
            Time = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
            Service = "ucp",
            Action = "update",
            Operation = "ucp.config.update",
            Actor = author.Actor,
            Source = author.Source,
            Resource = new() { Type = "ucp-config", Id = "ucp-config" },
            Outcome = new() { Result = OutcomeResult.Success, Status = StatusCodes.Status200OK },
            Request = new() { Method = http.Request.Method, Uri = Redactor.Default.Target(target), Body = kept.IsEmpty ? null : JsonElement.Parse(kept.Json.Span) },
            Level = level,
        };
        // The change itself is an event in both ledgers already: a log line that cannot be written loses nothing.
        await pipeline.AppendAsync(new(tenant, DockerUcpConfig.Dialect, [EventJson.Write(request)]), CancellationToken.None);
    }
}
