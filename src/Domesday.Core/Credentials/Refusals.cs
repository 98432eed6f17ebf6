using System.Diagnostics.Metrics;
using System.Net;
using Domesday.Core.Problems;

namespace Domesday.Core.Credentials;

/// <summary>What a refused credential was.</summary>
/// <param name="Account">Id of the user, key or application; null when there is no such account.</param>
/// <param name="Tenant">The tenant whose ledger also hears of it; null: only the system ledger does.</param>
/// <param name="Typed">What guesses are counted by, beside the address.</param>
internal sealed record RefusedCredential(string? Account, string? Tenant, string Typed, IPAddress? Address, string Scheme);

/// <summary>Refuses: counts, records, and slows those who guess.</summary>
internal sealed class Refusals
{
    private static readonly Problem NotValid = new(ProblemKind.Unauthenticated, "The credential is not valid.");

    private readonly SignInFailures _failures;
    private readonly SignInLimiter _limiter;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _limited;

    public Refusals(SignInFailures failures, SignInLimiter limiter, Meter meter)
    {
        (_failures, _limiter) = (failures, limiter);
        _failed = meter.CreateCounter<long>("domesday_sign_in_failures_total", "{failure}", "Credentials that were refused.");
        _limited = meter.CreateCounter<long>("domesday_sign_in_limited_total", "{request}", "Sign-ins that were told to wait after too many failures.");
    }

    /// <param name="detail">For a caller who proved to hold the whole credential; others learn nothing.</param>
    public Problem Refuse(RefusedCredential refused, string reason, string? detail = null)
    {
        var problem = Count(refused, reason, detail);
        if (Wait(refused) is { } limited) return limited;
        _limiter.Failed(refused.Typed, refused.Address);
        return problem;
    }

    /// <summary>Refuses somebody who surely holds the credential: no guess, so nobody is slowed by it.</summary>
    public Problem Count(RefusedCredential refused, string reason, string? detail)
    {
        _failed.Add(1, new("scheme", refused.Scheme), new("reason", reason));
        _failures.Add(refused.Account, refused.Tenant, refused.Address, refused.Scheme, reason);
        return detail is null ? NotValid : NotValid with { Detail = detail };
    }

    /// <returns>Null when the caller may try now.</returns>
    public Problem? Wait(RefusedCredential refused)
    {
        if (_limiter.Wait(refused.Typed, refused.Address) is not { } wait) return null;
        _limited.Add(1, new KeyValuePair<string, object?>("scheme", refused.Scheme));
        _failures.Add(refused.Account, refused.Tenant, refused.Address, refused.Scheme, "limited");
        return new(ProblemKind.TooMany, "Too many failed sign-ins: wait before the next.", RetryAfter: wait);
    }

    public void Succeeded(string typed, IPAddress? address) => _limiter.Succeeded(typed, address);
}
