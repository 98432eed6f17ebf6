using System.Globalization;
using System.Net;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Events;

namespace Domesday.Core.Credentials;

/// <summary>Records failed sign-ins in the system ledger without letting an attack fill it: the first failure at once, then one event a minute with the count.</summary>
public sealed class SignInFailures(ServiceEventQueue queue)
{
    /// <summary>Label with the number of failures that one event stands for.</summary>
    public const string CountLabel = "count";

    /// <summary>What is told apart within a minute; everything beyond is counted together.</summary>
    private const int KindsMax = 100;

    private static readonly Kind Others = new(null, null, "", "", "others");

    private readonly Lock _lock = new();
    private readonly Dictionary<Kind, long> _unrecorded = [];

    /// <param name="account">Id of the user or key; null when there is no such account: what was typed then may be a password, so it is not kept.</param>
    /// <param name="tenant">The tenant that hears of it in its own ledger as well; null for none.</param>
    public void Add(string? account, string? tenant, IPAddress? address, string scheme, string reason)
    {
        var kind = new Kind(account, tenant, SignInLimiter.NetworkOf(address), scheme, reason);
        lock (_lock)
        {
            if (!_unrecorded.ContainsKey(kind) && _unrecorded.Count >= KindsMax) kind = Others;
            if (_unrecorded.TryGetValue(kind, out var count))
            {
                _unrecorded[kind] = count + 1;
                return;
            }
            _unrecorded.Add(kind, 0);
        }
        Record(kind, 1, address);
    }

    /// <summary>Records what was counted since the last call; to be called once a minute.</summary>
    public void Flush()
    {
        List<KeyValuePair<Kind, long>> counted;
        lock (_lock)
        {
            counted = [.. _unrecorded];
            foreach (var (kind, count) in counted)
            {
                if (count == 0) _unrecorded.Remove(kind);
                else _unrecorded[kind] = 0;
            }
        }
        foreach (var (kind, count) in counted)
        {
            if (count > 0) Record(kind, count, null);
        }
    }

    private void Record(Kind kind, long count, IPAddress? address)
    {
        var labels = new Dictionary<string, string> { [CountLabel] = count.ToString(CultureInfo.InvariantCulture) };
        if (kind.Scheme.Length > 0) labels.Add("scheme", kind.Scheme);
        if (kind.Network.Length > 0) labels.Add("network", kind.Network);
        var failure = new AuditEvent
        {
            Action = "login",
            Operation = "access.sign_in",
            Actor = kind.Account is null ? null : new() { Id = kind.Account },
            Source = address is null ? null : new() { Ip = Text(address) },
            Resource = new() { Type = "credential", Id = kind.Account },
            Outcome = new() { Result = OutcomeResult.Failure, Reason = kind.Reason },
            Labels = labels,
        };
        queue.Add(TenantName.System, failure);
        if (kind.Tenant is { } tenant && tenant != TenantName.System) queue.Add(tenant, failure);
    }

    private static string Text(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    private sealed record Kind(string? Account, string? Tenant, string Network, string Scheme, string Reason);
}
