using System.Net;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Tokens;
using Domesday.Events;

namespace Domesday.Core.Credentials;

/// <summary>Checks what a fast hash or a signature proves: API keys, secrets of applications, tokens of ours.</summary>
internal sealed class TokenCheck(ControlLedger ledger, Refusals refusals, KeyUses uses, TokenIssuer tokens, TimeProvider time)
{
    /// <summary>Compared with when there is no such application, so that time does not tell.</summary>
    private static readonly string NobodysSecret = ApplicationSecret.Sha256Of(ApplicationSecret.Create());

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    public Result<Identified> CheckKey(ApiKeyText text, string scheme, IPAddress? address)
    {
        var state = ledger.State;
        if (!state.Keys.TryGetValue(text.Id, out var key)) return refusals.Refuse(new(null, null, text.Id, address, scheme), "unknown_key");
        var refused = new RefusedCredential(key.Id, key.Tenant, key.Id, address, scheme);
        if (key.SecretSha256 is not { } hash || !text.Matches(hash)) return refusals.Refuse(refused, "wrong_key");
        var account = ControlIndex.AccountOf(key);
        if (account.Refusal(state, Now) is { } refusal) return refusals.Refuse(refused, refusal.Reason, refusal.Detail);
        uses.Touch(key.Id);
        return new Identified(account.Principal, IsFresh: false);
    }

    public Result<Identified> CheckApplication(string? tenant, string clientId, string secret, string scheme, IPAddress? address)
    {
        var index = ledger.Index;
        var state = index.State;
        var application = state.Applications.GetValueOrDefault(clientId);
        if (tenant is not null && application?.Tenant != tenant) application = null;
        var refused = new RefusedCredential(application?.Id, application?.Tenant, clientId, address, scheme);
        var isRight = ApplicationSecret.Matches(secret, application?.SecretSha256 ?? NobodysSecret);
        if (application is null || !isRight) return refusals.Refuse(refused, application is null ? "unknown_application" : "wrong_secret");
        var account = index.AccountOf(application, Now);
        if (account.Refusal(state, Now) is { } refusal) return refusals.Refuse(refused, refusal.Reason, refusal.Detail);
        uses.Touch(application.Id);
        return new Identified(account.Principal, IsFresh: false);
    }

    public Result<Identified> CheckOwn(JwtText token, string scheme, IPAddress? address)
    {
        if (tokens.CheckViewer(token) is { } viewer) return CheckViewer(viewer, scheme, address);
        if (tokens.Check(token) is not { } claims) return refusals.Refuse(new(null, null, "", address, scheme), "wrong_token");
        var index = ledger.Index;
        // From here on the caller holds a token that was ours: programs go on for a while with an old one, and that is no guessing.
        if (index.Find(claims.Kind, claims.Subject, Now) is not { } account) return refusals.Count(new(null, null, "", address, scheme), "unknown_account", "The token's holder is not there any more.");
        var principal = account.Principal;
        var refused = new RefusedCredential(principal.Id, principal.IsSystemAdministrator ? null : principal.Tenant, "", address, scheme);
        if (ReasonOf(index.State, account, claims) is { } refusal) return refusals.Count(refused, refusal.Reason, refusal.Detail);
        return new Identified(principal with { Tenant = claims.Tenant, Session = new(claims.Session, claims.ExpiresAt) }, IsFresh: false);
    }

    private Result<Identified> CheckViewer(ViewerClaims claims, string scheme, IPAddress? address)
    {
        var index = ledger.Index;
        var refused = new RefusedCredential(claims.Token.Session, claims.Token.Tenant, "", address, scheme);
        if (index.Find(claims.Token.Kind, claims.Token.Subject, Now) is not { } account) return refusals.Count(refused, "unknown_account", "Who made the token is not there any more.");
        var isEnded = claims.MakerSession is { } session && index.State.RevokedSessions.ContainsKey(session);
        var refusal = isEnded ? new("revoked", "The session in which the token was made was ended.") : ReasonOf(index.State, account, claims.Token);
        if (refusal is not null) return refusals.Count(refused, refusal.Reason, refusal.Detail);
        return new Identified(ViewerTokens.BearerOf(account.Principal, claims), IsFresh: false);
    }

    private AccountRefusal? ReasonOf(ControlState state, Account account, TokenClaims claims)
    {
        if (claims.ExpiresAt <= time.GetUtcNow()) return new("expired", "The token has expired.");
        if (state.RevokedSessions.ContainsKey(claims.Session)) return new("revoked", "The session was ended.");
        if (claims.IssuedAt <= account.SessionsSince) return new("revoked", "The session was ended.");
        if (account.Refusal(state, Now) is { } refusal) return refusal;
        var isOwnTenant = claims.Tenant == account.Principal.Tenant || account.Principal.IsSystemAdministrator && state.IsActive(claims.Tenant);
        return isOwnTenant ? null : new("tenant_disabled", "The token's tenant is disabled.");
    }
}
