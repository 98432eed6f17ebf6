using Domesday.Core.Access;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>What signing in asks of whoever has a credential, whatever kind it is.</summary>
/// <param name="SessionsSince">Tokens that were issued before are refused.</param>
public sealed record Account(Principal Principal, Timestamp? EndedAt, Timestamp? ExpiresAt, Timestamp? SessionsSince)
{
    /// <summary>Why it may not act now; null when it may.</summary>
    public AccountRefusal? Refusal(ControlState state, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (EndedAt is not null) return Principal.Kind == PrincipalKinds.ApiKey ? new("revoked", "The key was revoked.") : new("disabled", "The account is disabled.");
        if (ExpiresAt <= now) return new("expired", Principal.Kind == PrincipalKinds.ApiKey ? "The key has expired." : "The account has expired.");
        return state.IsActive(Principal.Tenant) ? null : new("tenant_disabled", "The credential's tenant is disabled.");
    }
}

/// <summary>Why an account may not act: a word for the record, a sentence for whoever proved to be its holder.</summary>
public sealed record AccountRefusal(string Reason, string Detail);
