using System.Net;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Core.Credentials;

/// <summary>Checks passwords of users: slow hashes, few at a time.</summary>
internal sealed class PasswordCheck(ControlLedger ledger, Refusals refusals, TimeProvider time) : IDisposable
{
    private const int HashersMax = 64;

    private readonly VerifiedPasswords _verified = new(time);
    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount / 2));
    private int _hashers;

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    public async ValueTask<Result<Identified>> CheckAsync(PresentedPassword presented, IPAddress? address, CancellationToken cancellation)
    {
        var index = ledger.Index;
        var user = index.UserNamed(presented.Tenant, presented.User);
        // What those who run the service do is not for the tenant that they happen to belong to.
        var concerned = user is null || index.AccountOf(user, Now).Principal.IsSystemAdministrator ? null : user.Tenant;
        var refused = new RefusedCredential(user?.Id, concerned, presented.Typed, address, presented.Scheme);
        if (Encoding.UTF8.GetByteCount(presented.Password) > PasswordHash.PasswordBytesMax) return refusals.Refuse(refused, "malformed");
        if (user is not null && _verified.Contains(user, presented.Password)) return Accept(index, user, presented, refused, isFresh: false);
        if (refusals.Wait(refused) is { } limited) return limited;
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
                if (user is not null && _verified.Contains(user, presented.Password)) return Accept(index, user, presented, refused, isFresh: false);
                return refusals.Wait(refused) is { } longer ? longer : Verify(index, user, presented, refused);
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

    public void Dispose() => _hashing.Dispose();

    private Result<Identified> Verify(ControlIndex index, UserRecord? user, PresentedPassword presented, RefusedCredential refused)
    {
        var isRight = user?.Password?.Verify(presented.Password) ?? PasswordHash.VerifyNobody(presented.Password);
        if (user is null || !isRight) return refusals.Refuse(refused, user is null ? "unknown_user" : "wrong_password");
        var accepted = Accept(index, user, presented, refused, isFresh: true);
        if (!accepted.IsOk) return accepted;
        refusals.Succeeded(presented.Typed, refused.Address);
        _verified.Add(user, presented.Password);
        return accepted;
    }

    private Result<Identified> Accept(ControlIndex index, UserRecord user, PresentedPassword presented, RefusedCredential refused, bool isFresh)
    {
        var account = index.AccountOf(user, Now);
        if (account.Refusal(index.State, Now) is { } refusal) return refusals.Refuse(refused, refusal.Reason, refusal.Detail);
        if (presented.Tenant is not { } tenant || tenant == user.Tenant) return new Identified(account.Principal, isFresh);
        return account.Principal.IsSystemAdministrator ? new Identified(account.Principal with { Tenant = tenant }, isFresh) : refusals.Refuse(refused, "other_tenant");
    }
}
