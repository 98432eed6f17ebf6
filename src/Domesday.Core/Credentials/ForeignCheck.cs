using System.Net;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Tokens;
using Domesday.Events;

namespace Domesday.Core.Credentials;

/// <summary>Checks tokens of other issuers, and finds who their holders are here.</summary>
internal sealed class ForeignCheck(ControlLedger ledger, Refusals refusals, IReadOnlyList<IForeignIssuer> issuers, TimeProvider time)
{
    /// <summary>Whether somebody may have issued it; a text of no such form is refused without asking anybody.</summary>
    public bool Takes(JwtText? jwt) => issuers.Any(issuer => issuer.MayHaveIssued(jwt));

    public async ValueTask<Result<Identified>> CheckAsync(PresentedToken presented, JwtText? jwt, IPAddress? address, CancellationToken cancellation)
    {
        var refused = new RefusedCredential(null, null, "", address, presented.Scheme);
        // Before the issuer is asked: who guesses here must not make us guess there.
        if (refusals.Wait(refused) is { } limited) return limited;
        foreach (var issuer in issuers.Where(issuer => issuer.MayHaveIssued(jwt)))
        {
            var holder = await issuer.CheckAsync(presented.Token, jwt, cancellation);
            if (holder.IsOk) return Identify(holder.Value, refused);
            if (holder.Problem.Kind != ProblemKind.Unauthenticated) return holder.Problem;
        }
        return refusals.Refuse(refused, "wrong_token");
    }

    private Result<Identified> Identify(ForeignHolder holder, RefusedCredential refused)
    {
        var (index, now) = (ledger.Index, Timestamp.FromDateTimeOffset(time.GetUtcNow()));
        var user = index.State.Users.Values.FirstOrDefault(user => user.Tenant == holder.Tenant && user.Name == holder.Name);
        var account = user is not null ? index.AccountOf(user, now) : new Account(PrincipalOf(index, holder), null, null, null);
        if (user is null && account.Principal.AllPermissions == Permission.None) return refusals.Count(refused, "unknown_account", "The token's holder is no user here.");
        refused = refused with { Account = account.Principal.Id, Tenant = account.Principal.IsSystemAdministrator ? null : holder.Tenant };
        return account.Refusal(index.State, now) is { } refusal ? refusals.Count(refused, refusal.Reason, refusal.Detail) : new Identified(account.Principal, IsFresh: false);
    }

    private static Principal PrincipalOf(ControlIndex index, ForeignHolder holder) => new(holder.Tenant, PrincipalKinds.Federated, holder.Id, holder.Name, Permission.None)
    {
        Further = [.. holder.Roles.Select(role => new PermissionGrant(index.PermissionsOf(holder.Tenant, role.Role) ?? Permission.None, role.Projects))],
    };
}
