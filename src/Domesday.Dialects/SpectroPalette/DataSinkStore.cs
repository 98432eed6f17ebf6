using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Core.Secrets;
using Domesday.Events;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>The data sinks of tenants, in the state of the service: one set for each tenant, as the vendor has it.</summary>
/// <param name="size">How many events a tenant's ledger has.</param>
internal sealed class DataSinkStore(ControlLedger ledger, SecretBox secrets, Forwarder forwarder, Func<string, long> size, TimeProvider time)
{
    private static readonly Problem None = new(ProblemKind.NotFound, "The tenant has no data sinks.");

    private readonly DataSinkMapping _mapping = new(secrets);

    public Result<DataSinkConfig> Find(string tenant) => Find(ledger.State, tenant) is { } record ? DataSinkMapping.ToConfig(record, forwarder.Of) : None;

    /// <summary>Whether a system administrator may act for a tenant of this name.</summary>
    public bool HasTenant(string tenant) => ledger.State.Tenants.ContainsKey(tenant) && !TenantName.IsInternal(tenant);

    /// <returns>The record as it is then; <see cref="ProblemKind.Conflict"/> when there is one already.</returns>
    public async ValueTask<Result<DataSinkRecord>> CreateAsync(ChangeAuthor author, string tenant, DataSinkConfig config, CancellationToken cancellation)
    {
        var record = _mapping.ToRecord(config, Guid.CreateVersion7(time.GetUtcNow()).ToString("N"), tenant, null, size(tenant), Now);
        if (record.Targets.Any(LacksSecret)) return SecretMissing;
        var changed = await ledger.ChangeAsync(author, state => Find(state, tenant) is null
            ? (ControlChange[])[ControlKinds.DataSink.Create(record)]
            : new Problem(ProblemKind.Conflict, "The tenant has data sinks already: change them."), cancellation);
        return changed.IsOk ? changed.Value.DataSinks[record.Id] : changed.Problem;
    }

    public async ValueTask<Result<DataSinkRecord>> ReplaceAsync(ChangeAuthor author, string tenant, DataSinkConfig config, CancellationToken cancellation)
    {
        var id = "";
        var changed = await ledger.ChangeAsync(author, state =>
        {
            if (Find(state, tenant) is not { } before) return None;
            var after = _mapping.ToRecord(config, before.Id, tenant, before, 0, Now);
            id = before.Id;
            return after.Targets.Any(LacksSecret) ? SecretMissing : (ControlChange[])[ControlKinds.DataSink.Update("update", before, after)];
        }, cancellation);
        return changed.IsOk ? changed.Value.DataSinks[id] : changed.Problem;
    }

    public async ValueTask<Problem?> DeleteAsync(ChangeAuthor author, string tenant, CancellationToken cancellation)
    {
        var changed = await ledger.ChangeAsync(author, state => Find(state, tenant) is { } record ? (ControlChange[])[ControlKinds.DataSink.Delete(record)] : None, cancellation);
        return changed.Problem;
    }

    /// <summary>Sends a test to a receiver that is not kept.</summary>
    /// <returns><see cref="ProblemKind.Invalid"/> when it did not take it.</returns>
    public async ValueTask<Problem?> ValidateAsync(string tenant, CloudWatchConfig config, CancellationToken cancellation)
    {
        var answer = await forwarder.TestAsync(DataSinkTargets.Unkept(tenant), _mapping.ToPlain(config, Find(ledger.State, tenant)), cancellation);
        return ProblemOf(answer);
    }

    /// <summary>Sends what a client brings, once.</summary>
    /// <inheritdoc cref="ValidateAsync"/>
    public async ValueTask<Problem?> PushAsync(string tenant, CloudWatchConfig config, IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        var answer = await forwarder.SendAsync(DataSinkTargets.Unkept(tenant), _mapping.ToPlain(config, Find(ledger.State, tenant)), events, cancellation);
        return ProblemOf(answer);
    }

    private static Problem? ProblemOf(Result<SinkAnswer> answer)
    {
        if (!answer.IsOk) return answer.Problem;
        return answer.Value.IsAccepted ? null : new Problem(ProblemKind.Invalid, $"CloudWatch Logs did not take it: {answer.Value.Text}");
    }

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    private static Problem SecretMissing => new(ProblemKind.Invalid, "is masked, and there is no earlier one to keep", "secretKey");

    /// <summary>A masked secret where none was before.</summary>
    private static bool LacksSecret(DataSinkTarget target) => target.Settings["credentialType"] == "secret" && target.Secrets is null;

    private static DataSinkRecord? Find(ControlState state, string tenant) => state.DataSinks.Values.FirstOrDefault(sink => sink.Tenant == tenant);
}
