using Domesday.Core.Access;
using Domesday.Core.Problems;

namespace Domesday.Core.Control;

/// <summary>A tenant's policy, and which one it is.</summary>
/// <param name="Version">Changes with the policy; 0 while nobody has set one.</param>
public sealed record VersionedRetention(RetentionPolicy Policy, long Version);

/// <summary>Reads and changes how long tenants' events are kept.</summary>
public sealed class RetentionPolicies(ControlLedger ledger)
{
    public VersionedRetention Of(string tenant) => Of(ledger.State, tenant);

    /// <summary>The policy in force: the system tenant keeps everything.</summary>
    public static VersionedRetention Of(ControlState state, string tenant)
    {
        ArgumentNullException.ThrowIfNull(state);
        return tenant != TenantName.System && state.Retention.TryGetValue(tenant, out var record) ? new(record.Policy, record.Version) : new(RetentionPolicy.Forever, 0);
    }

    /// <summary>Sets the whole policy. One that is the same already changes nothing.</summary>
    /// <param name="expected">The version that the caller has seen; null for whichever.</param>
    /// <returns><see cref="ProblemKind.Conflict"/> when somebody else was first, and for the system tenant.</returns>
    public async ValueTask<Result<VersionedRetention>> SetAsync(ChangeAuthor author, string tenant, RetentionPolicy policy, long? expected, CancellationToken cancellation)
    {
        if (tenant == TenantName.System) return new Problem(ProblemKind.Conflict, "The tenant 'system' records what was done to the service and keeps everything.");
        var changed = await ledger.ChangeAsync(author, state => expected is { } seen && Of(state, tenant).Version != seen
            ? new Problem(ProblemKind.Conflict, "The retention was changed by somebody else in the meantime: read it again.")
            : Changes(state, tenant, policy), cancellation);
        return changed.IsOk ? Of(changed.Value, tenant) : changed.Problem;
    }

    /// <summary>What leads to the policy from the present state: nothing when it is in force already.</summary>
    public static ControlChange[] Changes(ControlState state, string tenant, RetentionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(state);
        var record = new RetentionRecord { Tenant = tenant, Policy = policy };
        if (state.Retention.TryGetValue(tenant, out var before)) return before.Policy == policy ? [] : [ControlKinds.Retention.Update("update", before, record)];
        return policy == RetentionPolicy.Forever ? [] : [ControlKinds.Retention.Create(record)];
    }
}
