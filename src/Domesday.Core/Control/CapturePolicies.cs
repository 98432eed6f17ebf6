using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Capture;
using Domesday.Events.Json;

namespace Domesday.Core.Control;

/// <summary>A tenant's policy, and which one it is.</summary>
/// <param name="Version">Changes with the policy; 0 while nobody has set one.</param>
public sealed record VersionedPolicy(CapturePolicy Policy, long Version);

/// <summary>Reads and changes what is captured for tenants, and tells capturers at once when it changes.</summary>
public sealed class CapturePolicies(ControlLedger ledger)
{
    public VersionedPolicy Of(string tenant) => Of(ledger.State, tenant);

    public static VersionedPolicy Of(ControlState state, string tenant)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.CapturePolicies.TryGetValue(tenant, out var record) ? new(record.Policy, record.Version) : new(CapturePolicy.Default, 0);
    }

    /// <summary>The policy as soon as it is another one than the caller has.</summary>
    /// <returns>Null when <paramref name="cancellation"/> fires first.</returns>
    public async ValueTask<VersionedPolicy?> OtherThanAsync(string tenant, long version, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var state = ledger.State;
                if (Of(state, tenant) is var policy && policy.Version != version) return policy;
                await ledger.WaitForChangeAsync(state, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Sets the whole policy. One that is the same already changes nothing.</summary>
    /// <param name="expected">The version that the caller has seen; null for whichever.</param>
    /// <returns><see cref="ProblemKind.Invalid"/> with every fault; <see cref="ProblemKind.Conflict"/> when somebody else was first.</returns>
    public async ValueTask<Result<VersionedPolicy>> SetAsync(ChangeAuthor author, string tenant, CapturePolicy policy, long? expected, CancellationToken cancellation)
    {
        var faults = new List<Fault>();
        if (CompiledPolicy.TryCompile(policy, faults) is null)
            return new Problem(ProblemKind.Invalid, "The policy is not valid; nothing was changed.") { Faults = [.. faults.Select(fault => ProblemFault.From(fault))] };
        var changed = await ledger.ChangeAsync(author, state => expected is { } seen && Of(state, tenant).Version != seen
            ? new Problem(ProblemKind.Conflict, "The policy was changed by somebody else in the meantime: read it again.")
            : Changes(state, tenant, policy), cancellation);
        return changed.IsOk ? Of(changed.Value, tenant) : changed.Problem;
    }

    /// <summary>What leads to the policy from the present state: nothing when it is in force already.</summary>
    public static ControlChange[] Changes(ControlState state, string tenant, CapturePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(policy);
        var record = new CapturePolicyRecord { Tenant = tenant, Policy = policy };
        var known = state.CapturePolicies.GetValueOrDefault(tenant);
        if (known is not null && IsSame(known.Policy, policy)) return [];
        var before = known?.Policy ?? CapturePolicy.Default;
        // Whoever wants to be told that less is recorded goes by these words.
        if (policy.Level < before.Level) return [ControlKinds.CapturePolicy.Update($"set_level_{NameOf(policy.Level)}", known, record)];
        if (Lowers(before, policy)) return [ControlKinds.CapturePolicy.Update("lower", known, record)];
        if (known is null) return [ControlKinds.CapturePolicy.Create(record)];
        return [ControlKinds.CapturePolicy.Update(policy.Level > before.Level ? $"raise_level_{NameOf(policy.Level)}" : "update", known, record)];
    }

    /// <summary>The level's name on the wire.</summary>
    public static string NameOf(CaptureLevel level) => level switch
    {
        CaptureLevel.None => "none",
        CaptureLevel.Metadata => "metadata",
        _ => "request",
    };

    /// <summary>Whether rules or the ignore list leave out what was recorded before, or record less of it.</summary>
    private static bool Lowers(CapturePolicy before, CapturePolicy after)
    {
        var (was, now) = (before.Rules.Select(TextOf).ToHashSet(StringComparer.Ordinal), after.Rules.Select(TextOf).ToHashSet(StringComparer.Ordinal));
        return after.Rules.Any(rule => rule.Level < after.Level && !was.Contains(TextOf(rule)))
            || before.Rules.Any(rule => rule.Level > after.Level && !now.Contains(TextOf(rule)))
            || IgnoredBy(after).Except(IgnoredBy(before), StringComparer.Ordinal).Any();
    }

    private static string TextOf(CaptureRule rule) => System.Text.Json.JsonSerializer.Serialize(rule, CaptureJson.Default.CaptureRule);

    private static IEnumerable<string> IgnoredBy(CapturePolicy policy) => policy.Ignore ?? IgnoreList.DockerUcp.Endpoints;

    private static bool IsSame(CapturePolicy left, CapturePolicy right) =>
        System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(left, CaptureJson.Default.CapturePolicy).AsSpan()
            .SequenceEqual(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(right, CaptureJson.Default.CapturePolicy));
}
