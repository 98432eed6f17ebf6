using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Tokens;
using Domesday.Events;

namespace Domesday.Core.Credentials;

/// <summary>Somebody who signed in, and the token that says so.</summary>
/// <param name="Token">The compact JWT: a secret of its holder. Any scheme that takes tokens takes it.</param>
/// <param name="Session">Names the session; may be shown and recorded.</param>
public sealed record SignedIn(Principal Principal, string Token, string Session, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Without the token, so that it cannot slip into a log.</summary>
    public override string ToString() => $"{Principal.Kind} {Principal.Id}";
}

/// <summary>The one way to get a token, whichever API asks for it: slowed when guessed, recorded, the same for names that nobody has.</summary>
public sealed class SignIn(CredentialCheck check, TokenIssuer tokens, SignInSuccesses successes, ControlLedger ledger, TimeSpan lifetime, TimeProvider time)
{
    /// <summary>How long a token is valid when the API that asks has no view of its own.</summary>
    public TimeSpan Lifetime => lifetime;

    /// <summary>Signs a user in; an application's client id and secret are taken as well.</summary>
    /// <param name="scheme">Which API asks, in snake_case, such as <c>ucp_login</c>: for counters and for the record.</param>
    /// <param name="tenant">
    /// The tenant's name, when the API has a word for it: the user must belong to it (a system administrator gets a token for it). Null: see <see cref="ControlIndex.UserNamed"/>.
    /// </param>
    /// <param name="wanted">How long the token shall be valid; null for <see cref="Lifetime"/>, <see cref="TokenIssuer.LifetimeMax"/> at most.</param>
    /// <returns>As <see cref="CredentialCheck.CheckAsync"/>.</returns>
    public ValueTask<Result<SignedIn>> WithPasswordAsync(
        string scheme, string? tenant, string user, string password, SignInOrigin origin, CancellationToken cancellation, TimeSpan? wanted = null) =>
        WithAsync(new PresentedPassword(scheme, user, password) { Tenant = tenant }, origin, wanted, cancellation);

    /// <summary>Signs an application in.</summary>
    /// <inheritdoc cref="WithPasswordAsync"/>
    public ValueTask<Result<SignedIn>> WithApplicationAsync(
        string scheme, string clientId, string clientSecret, SignInOrigin origin, CancellationToken cancellation, TimeSpan? wanted = null) =>
        WithAsync(new PresentedApplication(scheme, clientId, clientSecret), origin, wanted, cancellation);

    /// <summary>Gives a new token for a credential that is a token or an API key itself, such as Keystone's method <c>token</c>.</summary>
    /// <inheritdoc cref="WithPasswordAsync"/>
    public ValueTask<Result<SignedIn>> WithTokenAsync(string scheme, string token, SignInOrigin origin, CancellationToken cancellation, TimeSpan? wanted = null) =>
        WithAsync(new PresentedToken(scheme, token), origin, wanted, cancellation);

    /// <summary>Ends the session of the principal that asks: its token is refused from now on, also after a restart.</summary>
    /// <returns><see cref="ProblemKind.Conflict"/> when the request was not made with a session's token.</returns>
    public async ValueTask<Problem?> OutAsync(Principal principal, ChangeAuthor author, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Session is not { } session) return new Problem(ProblemKind.Conflict, "There is no session to end: the request brought a credential that is none, such as a password or an API key.");
        var record = new SessionRecord
        {
            Id = session.Id,
            Tenant = principal.IsSystemAdministrator ? TenantName.System : principal.Tenant,
            Principal = principal.Id,
            ExpiresAt = Timestamp.FromDateTimeOffset(session.ExpiresAt),
            RevokedAt = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
        };
        var changed = await ledger.ChangeAsync(author,
            state => state.RevokedSessions.ContainsKey(session.Id) ? Array.Empty<ControlChange>() : (ControlChange[])[ControlKinds.Session.Update("revoke", null, record)], cancellation);
        return changed.Problem;
    }

    private async ValueTask<Result<SignedIn>> WithAsync(PresentedCredential credential, SignInOrigin origin, TimeSpan? wanted, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(origin);
        var identified = await check.IdentifyAsync(credential, origin.Address, cancellation);
        if (!identified.IsOk) return identified.Problem;
        var principal = identified.Value.Principal;
        if (principal.Kind == PrincipalKinds.Viewer) return CredentialCheck.ViewersOnlyRead;
        if (principal.Kind == PrincipalKinds.Federated) return new Problem(ProblemKind.Forbidden, "There is no user of this name here: go on with the other issuer's token.");
        var token = tokens.Issue(principal, Shortest(wanted ?? lifetime, principal.Session));
        successes.Add(principal, credential.Scheme, origin, token);
        return new SignedIn(principal, token.Text, token.Session, token.IssuedAt, token.ExpiresAt);
    }

    /// <summary>A token that was got for a token ends with it: nobody stays signed in for ever by asking again.</summary>
    private TimeSpan Shortest(TimeSpan wanted, PrincipalSession? session)
    {
        if (session is null) return wanted;
        var left = session.ExpiresAt - time.GetUtcNow();
        return left < wanted ? left : wanted;
    }
}
