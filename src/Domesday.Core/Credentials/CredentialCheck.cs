using System.Diagnostics.Metrics;
using System.Net;
using Domesday.Core.Access;
using Domesday.Core.Certificates;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Tokens;

namespace Domesday.Core.Credentials;

/// <summary>Decides who a credential belongs to.</summary>
/// <remarks>
/// Strangers learn nothing: an unknown name, a wrong password and a wrong key get the same answer in the same time. Only a caller who holds the
/// whole credential is told that it is revoked or has expired. Guessing is slowed by <see cref="SignInLimiter"/>; valid keys and passwords that were right
/// a moment ago are never made to wait.
/// </remarks>
public sealed class CredentialCheck : IDisposable
{
    private readonly Refusals _refusals;
    private readonly PasswordCheck _passwords;
    private readonly TokenCheck _tokens;
    private readonly CertificateCheck _certificates;
    private readonly ForeignCheck _foreign;
    private readonly TokenIssuer _issuer;
    private readonly SignInSuccesses _successes;

    public CredentialCheck(
        ControlLedger ledger, KeyUses uses, SignInFailures failures, SignInSuccesses successes, SignInLimiter limiter, TokenIssuer issuer, ClientAuthority authority,
        IReadOnlyList<IForeignIssuer> foreign, TimeProvider time, Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        (_issuer, _successes) = (issuer, successes);
        _refusals = new(failures, limiter, meter);
        _passwords = new(ledger, _refusals, time);
        _tokens = new(ledger, _refusals, uses, issuer, time);
        _certificates = new(ledger, _refusals, authority, time);
        _foreign = new(ledger, _refusals, foreign, time);
    }

    /// <param name="viewers">Whether what is asked for is also for viewers' tokens.</param>
    /// <returns>
    /// <see cref="ProblemKind.Unauthenticated"/> when it is not valid; <see cref="ProblemKind.TooMany"/> after too many failures;
    /// <see cref="ProblemKind.Unavailable"/> when too many passwords wait to be checked; <see cref="ProblemKind.Forbidden"/> for a viewer's token where none is taken.
    /// </returns>
    public async ValueTask<Result<Principal>> CheckAsync(PresentedCredential credential, IPAddress? address, CancellationToken cancellation, bool viewers = false)
    {
        ArgumentNullException.ThrowIfNull(credential);
        var identified = await IdentifyAsync(credential, address, cancellation);
        if (!identified.IsOk) return identified.Problem;
        if (identified.Value.Principal.Kind == PrincipalKinds.Viewer && !viewers) return ViewersOnlyRead;
        // A password that comes with every request is one sign-in while it is remembered.
        if (identified.Value.IsFresh) _successes.Add(identified.Value.Principal, credential.Scheme, new(address, null), null);
        return identified.Value.Principal;
    }

    public void Dispose() => _passwords.Dispose();

    internal static Problem ViewersOnlyRead { get; } = new(ProblemKind.Forbidden, "A viewer's token reads events, and does nothing else.");

    /// <summary>As <see cref="CheckAsync"/>, for callers who record the success themselves.</summary>
    internal ValueTask<Result<Identified>> IdentifyAsync(PresentedCredential credential, IPAddress? address, CancellationToken cancellation) => credential switch
    {
        PresentedPassword password when password.User.StartsWith(ApplicationSecret.ClientPrefix, StringComparison.Ordinal) =>
            ValueTask.FromResult(_tokens.CheckApplication(password.Tenant, password.User, password.Password, password.Scheme, address)),
        PresentedPassword password => _passwords.CheckAsync(password, address, cancellation),
        PresentedApplication application => ValueTask.FromResult(_tokens.CheckApplication(null, application.ClientId, application.Secret, application.Scheme, address)),
        PresentedCertificate certificate => ValueTask.FromResult(_certificates.Check(certificate, address)),
        PresentedToken token => IdentifyAsync(token, address, cancellation),
        _ => ValueTask.FromResult<Result<Identified>>(Malformed(credential, address)),
    };

    private ValueTask<Result<Identified>> IdentifyAsync(PresentedToken presented, IPAddress? address, CancellationToken cancellation)
    {
        if (ApiKeyText.TryParse(presented.Token, out var key)) return ValueTask.FromResult(_tokens.CheckKey(key, presented.Scheme, address));
        var jwt = JwtText.IsLike(presented.Token) && JwtText.TryParse(presented.Token, out var token) ? token : null;
        if (jwt is not null && _issuer.IsOwn(jwt)) return ValueTask.FromResult(_tokens.CheckOwn(jwt, presented.Scheme, address));
        // Something that begins like a key of ours is a key of ours, spelled wrongly: nobody else is to see it.
        if (!presented.Token.StartsWith(ApiKeyText.Prefix, StringComparison.Ordinal) && _foreign.Takes(jwt)) return _foreign.CheckAsync(presented, jwt, address, cancellation);
        return ValueTask.FromResult<Result<Identified>>(jwt is null ? Malformed(presented, address) : _refusals.Refuse(new(null, null, "", address, presented.Scheme), "unknown_issuer"));
    }

    private Problem Malformed(PresentedCredential credential, IPAddress? address) => _refusals.Refuse(new(null, null, "", address, credential.Scheme), "malformed");
}

/// <summary>Who a credential belongs to.</summary>
/// <param name="IsFresh">It was a password that was not remembered: a sign-in, and not the next request of one.</param>
internal sealed record Identified(Principal Principal, bool IsFresh);
