using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Forwarding;
using Domesday.Core.Gaps;
using Domesday.Core.Query;
using Domesday.Core.Retention;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Schema;
using Domesday.Ui.Elements;
using Domesday.Ui.Layout;
using Domesday.Ui.Sinks;

namespace Domesday.Ui.Overview;

/// <summary>Looks for what is late or broken, as far as the reader may know of it.</summary>
internal sealed class ConcernFinder(Sealer sealer, IEventStore store, IEventReader reader, GapTracker gaps, TenantCaps caps, Forwarder forwarder)
{
    /// <summary>So many events without a checkpoint are late: one follows within a second or two.</summary>
    private const long NotSealedMax = 200_000;

    public async ValueTask<IReadOnlyList<Concern>> FindAsync(Frame frame, CancellationToken cancellation)
    {
        var concerns = new List<Concern>();
        foreach (var tenant in frame.Tenants.Count > 0 ? frame.Tenants : [frame.Tenant])
        {
            if (frame.May(Permission.ProofRead, wholeTenant: true)) AddSealing(concerns, tenant);
        }
        if (store.NotAccepting is { } refusal) concerns.Add(new($"New events are refused: {refusal.Detail}", true, "/ui/sources"));
        if (frame.May(Permission.ConfigRead, wholeTenant: true) && caps.Of(frame.Tenant) is { IsNear: true } share)
            concerns.Add(new($"{Amount.Percent(share.Bytes, share.BytesMax)} of the tenant's room is taken{(share.IsFull ? ": new events are refused" : "")}.", share.IsFull, "/ui/admin/retention"));
        if (frame.May(Permission.AuditList, wholeTenant: true)) await AddGapsAsync(concerns, frame.Tenant, cancellation);
        if (frame.May(Permission.Quarantine, wholeTenant: true)) await AddQuarantineAsync(concerns, frame, cancellation);
        if (frame.May(Permission.SinkRead, wholeTenant: true)) AddSinks(concerns, frame);
        return [.. concerns.OrderByDescending(concern => concern.IsSevere)];
    }

    private void AddSealing(List<Concern> concerns, string tenant)
    {
        if (sealer.BrokenReason(tenant) is { } broken) concerns.Add(new($"The ledger of {tenant} is not what was signed: {broken}.", true, "/ui/integrity"));
        else if (sealer.HeadOf(tenant) is { IsOk: true, Value: var head } && store.Size(tenant) - head.Size is > NotSealedMax and var late)
            concerns.Add(new($"{Amount.Of(late, "event")} of {tenant} wait for a checkpoint.", false, "/ui/integrity"));
    }

    private void AddSinks(List<Concern> concerns, Frame frame)
    {
        foreach (var standing in forwarder.All.Where(standing => standing.Sink.Tenant == frame.Tenant))
        {
            var link = $"{SinksPage.Path}/{standing.Sink.Id}";
            if (standing.Warning is { } warning) concerns.Add(new($"The sink {VisibleText.Of(standing.Sink.Name)}: {warning}", standing.State is SinkStates.Held or SinkStates.Failed, link));
            else if (standing.IsNearAgeMax(frame.Now)) concerns.Add(new($"What waits for the sink {VisibleText.Of(standing.Sink.Name)} will soon be too old for its receiver.", true, link));
            else if (standing.State == SinkStates.Retrying) concerns.Add(new($"The receiver of the sink {VisibleText.Of(standing.Sink.Name)} does not take events now.", false, link));
        }
    }

    private async ValueTask AddGapsAsync(List<Concern> concerns, string tenant, CancellationToken cancellation)
    {
        var (missing, producers) = await gaps.ReadAsync(tenant, streams => (streams.Streams.Values.Sum(stream => stream.Missing), streams.Streams.Values.Count(stream => stream.Missing > 0)), cancellation);
        if (missing > 0) concerns.Add(new($"{Amount.Of(missing, "event")} of {Amount.Of(producers, "numbered producer")} did not arrive.", true, "/ui/sources"));
    }

    private async ValueTask AddQuarantineAsync(List<Concern> concerns, Frame frame, CancellationToken cancellation)
    {
        var filter = new EventFilter { From = Timestamp.FromDateTimeOffset(frame.Now.AddDays(-1)), Conditions = [FieldCondition.Is(EventField.Action, QuarantineEvents.Action)] };
        var count = await reader.CountAsync(AccessScope.WholeTenant(TenantName.QuarantineOf(frame.Tenant)), filter, cancellation);
        if (count is { IsOk: true, Value: > 0 }) concerns.Add(new($"{Amount.Of(count.Value, "message")} of the last day were not understood and lie in quarantine.", false, "/ui/sources"));
    }
}
