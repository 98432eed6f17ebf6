using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Core.Credentials;

/// <summary>Decides who a credential belongs to.</summary>
/// <remarks>
/// Strangers learn nothing: an unknown name, a wrong password and a wrong key get the same answer in the same time. Only a caller who holds the
/// whole key is told that it is revoked or has expired. Guessing is slowed by <see cref="SignInLimiter"/>; valid keys and passwords that were right
/// a moment ago are never made to wait.
/// </remarks>
public sealed class CredentialCheck : IDisposable
{
    private const int HashersMax = 64;

    private static readonly Problem NotValid = new(ProblemKind.Unauthenticated, "The credential is not valid.");

    private readonly ControlLedger _ledger;
    private readonly KeyUses _uses;
    private readonly SignInFailures _failures;
    private readonly SignInLimiter _limiter;
    private readonly TimeProvider _time;
    private readonly VerifiedPasswords _verified;
    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly Counter<long> _failed;
    private readonly Counter<long> _limited;
    private int _hashers;

    public CredentialCheck(ControlLedger ledger, KeyUses uses, SignInFailures failures, SignInLimiter limiter, TimeProvider time, Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        (_ledger, _uses, _failures, _limiter, _time) = (ledger, uses, failures, limiter, time);
        _verified = new(time);
        _failed = meter.CreateCounter<long>("domesday_sign_in_failures_total", "{failure}", "Credentials that were refused.");
        _limited = meter.CreateCounter<long>("domesday_sign_in_limited_total", "{request}", "Sign-ins that were told to wait after too many failures.");
    }

    /// <returns>
    /// <see cref="ProblemKind.Unauthenticated"/> when it is not valid; <see cref="ProblemKind.TooMany"/> after too many failures;
    /// <see cref="ProblemKind.Unavailable"/> when too many passwords wait to be checked.
    /// </returns>
    public ValueTask<Result<Principal>> CheckAsync(PresentedCredential credential, IPAddress? address, CancellationToken cancellation) => credential switch
    {
        PresentedPassword password => CheckPasswordAsync(password, address, cancellation),
        PresentedToken token => ValueTask.FromResult(CheckToken(token, address)),
        _ => ValueTask.FromResult<Result<Principal>>(Refuse(null, "", address, credential.Scheme, "malformed")),
    };

    public void Dispose() => _hashing.Dispose();

    private Result<Principal> CheckToken(PresentedToken presented, IPAddress? address)
    {
        if (!ApiKeyText.TryParse(presented.Token, out var text)) return Refuse(null, "", address, presented.Scheme, "malformed");
        if (!_ledger.State.Keys.TryGetValue(text.Id, out var key)) return Refuse(null, text.Id, address, presented.Scheme, "unknown_key");
        if (key.SecretSha256 is not { } hash || !text.Matches(hash)) return Refuse(key.Id, key.Id, address, presented.Scheme, "wrong_key");
        if (key.RevokedAt is not null) return Refuse(key.Id, key.Id, address, presented.Scheme, "revoked", "The key was revoked.");
        if (key.ExpiresAt <= Timestamp.FromDateTimeOffset(_time.GetUtcNow())) return Refuse(key.Id, key.Id, address, presented.Scheme, "expired", "The key has expired.");
        if (!_ledger.State.IsActive(key.Tenant)) return Refuse(key.Id, key.Id, address, presented.Scheme, "tenant_disabled", "The key's tenant is disabled.");
        _uses.Touch(key.Id);
        return ControlState.PrincipalOf(key);
    }

    private async ValueTask<Result<Principal>> CheckPasswordAsync(PresentedPassword presented, IPAddress? address, CancellationToken cancellation)
    {
        if (Encoding.UTF8.GetByteCount(presented.Password) > PasswordHash.PasswordBytesMax) return Refuse(null, presented.User, address, presented.Scheme, "malformed");
        var user = _ledger.State.UserNamed(presented.User);
        if (user is not null && _verified.Contains(user, presented.Password)) return Accept(user, presented, address);
        if (_limiter.Wait(presented.User, address) is { } wait) return Limit(user?.Id, address, presented.Scheme, wait);
        if (Interlocked.Increment(ref _hashers) > HashersMax)
        {
            Interlocked.Decrement(ref _hashers);
            return new Problem(ProblemKind.Unavailable, "Too many passwords wait to be checked.", RetryAfter: TimeSpan.FromSeconds(2));
        }
        try
        {
            await _hashing.WaitAsync(cancellation);
            try
            {
                // While it waited, another request with the same password may have been first.
                if (user is not null && _verified.Contains(user, presented.Password)) return Accept(user, presented, address);
                if (_limiter.Wait(presented.User, address) is { } longer) return Limit(user?.Id, address, presented.Scheme, longer);
                return Verify(user, presented, address);
            }
            finally
            {
                _hashing.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _hashers);
        }
    }

    private Result<Principal> Verify(UserRecord? user, PresentedPassword presented, IPAddress? address)
    {
        var isRight = user?.Password?.Verify(presented.Password) ?? PasswordHash.VerifyNobody(presented.Password);
        if (user is null || !isRight) return Refuse(user?.Id, presented.User, address, presented.Scheme, user is null ? "unknown_user" : "wrong_password");
        if (!_ledger.State.IsActive(user.Tenant)) return Refuse(user.Id, presented.User, address, presented.Scheme, "tenant_disabled");
        _limiter.Succeeded(presented.User, address);
        _verified.Add(user, presented.Password);
        return ControlState.PrincipalOf(user);
    }

    private Result<Principal> Accept(UserRecord user, PresentedPassword presented, IPAddress? address) =>
        _ledger.State.IsActive(user.Tenant) ? ControlState.PrincipalOf(user) : Refuse(user.Id, presented.User, address, presented.Scheme, "tenant_disabled");

    private Problem Refuse(string? account, string typed, IPAddress? address, string scheme, string reason, string? detail = null)
    {
        _failed.Add(1, new("scheme", scheme), new("reason", reason));
        _failures.Add(account, address, scheme, reason);
        if (_limiter.Wait(typed, address) is { } wait) return Limit(account, address, scheme, wait);
        _limiter.Failed(typed, address);
        return detail is null ? NotValid : NotValid with { Detail = detail };
    }

    private Problem Limit(string? account, IPAddress? address, string scheme, TimeSpan wait)
    {
        _limited.Add(1, new KeyValuePair<string, object?>("scheme", scheme));
        _failures.Add(account, address, scheme, "limited");
        return new(ProblemKind.TooMany, "Too many failed sign-ins: wait before the next.", RetryAfter: wait);
    }
}
