using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Erasures;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Retention;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Core.Verification;
using Domesday.Core.Witnesses;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Http.Authorization;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Integrity;

/// <summary>Whether ledgers are what was signed.</summary>
internal static class IntegrityPage
{
    public const string Path = "/ui/integrity";

    public static void MapIntegrity(this IEndpointRouteBuilder routes) => routes.MapGet(Path, GetAsync).RequirePermission(Permission.ProofRead, wholeTenant: true);

    private static async Task<IResult> GetAsync(HttpContext http, Sealer sealer, LedgerVerifier verifier, IEventStore store, IEventReader reader, RetentionPolicies retention, RetentionSweep sweep, HoldDirectory holds, ErasureDirectory erasures, Witnessing witnessing)
    {
        var frame = Frame.Of(http, "Integrity");
        var tenant = http.Tenant();
        var head = sealer.HeadOf(tenant);
        var next = await sweep.DueOfAsync(tenant, http.RequestAborted);
        var model = new IntegrityModel(tenant, store.Usage(tenant))
        {
            Head = head.IsOk ? head.Value : null,
            HeadProblem = head.Problem?.Detail,
            Broken = sealer.BrokenReason(tenant),
            Keys = [.. sealer.KeysOf(tenant).Select(key => key.ToString())],
            Verification = verifier.Of(tenant) ?? await RecordedAsync(reader, tenant, http.RequestAborted),
            Witnesses = [.. witnessing.Witnesses.Zip(witnessing.Of(tenant))],
            Holds = holds.Of(tenant, released: false).Count,
            Erased = store.Erasures(tenant),
            LastErasure = erasures.Of(tenant) is [var last, ..] ? last : null,
            Next = next.IsOk ? next.Value : null,
            Retention = retention.Of(tenant).Policy,
            Ledgers = [.. frame.Tenants.Select(name => LineOf(name, sealer, verifier, store))],
        };
        return PageResult.Page<IntegrityView, IntegrityModel>(frame, model);
    }

    private static LedgerLine LineOf(string tenant, Sealer sealer, LedgerVerifier verifier, IEventStore store) =>
        new(tenant, store.Usage(tenant), store.Usage(tenant).Events - store.Erasures(tenant).Events, sealer.HeadOf(tenant) is { IsOk: true, Value: var head } ? head.Size : 0, sealer.BrokenReason(tenant), verifier.Of(tenant));

    /// <summary>The last one that was recorded, perhaps before the service started.</summary>
    private static async ValueTask<LedgerVerification?> RecordedAsync(IEventReader reader, string tenant, CancellationToken cancellation)
    {
        Result<EventPage> page = await reader.ListAsync(AccessScope.WholeTenant(tenant), new()
        {
            Filter = new() { Conditions = [FieldCondition.Is(EventField.Operation, LedgerVerifier.Operation), FieldCondition.Is(EventField.SourceKind, ServiceEventQueue.SourceKind)] },
            Limit = 1,
        }, cancellation);
        if (page is not { IsOk: true, Value.Entries: [var entry, ..] }) return null;
        var recorded = EventJson.Read(entry.Bytes.Span);
        if (recorded.Time is not { } time || recorded.Labels?.GetValueOrDefault("size") is not { } size || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var events)) return null;
        return new(tenant, events, time)
        {
            Checked = events,
            FinishedAt = time,
            IsSound = recorded.Outcome?.Result == OutcomeResult.Success,
            Fault = recorded.Outcome?.Reason,
            Root = recorded.Labels.GetValueOrDefault("root"),
        };
    }
}
