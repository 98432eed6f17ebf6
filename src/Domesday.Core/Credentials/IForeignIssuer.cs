using Domesday.Core.Problems;
using Domesday.Core.Tokens;

namespace Domesday.Core.Credentials;

/// <summary>Somebody else whose tokens are taken here.</summary>
public interface IForeignIssuer
{
    /// <summary>Whether it may have issued a token: decided by its look alone, without asking anybody.</summary>
    /// <param name="jwt">The token taken apart; null when it is no JWT.</param>
    bool MayHaveIssued(JwtText? jwt);

    /// <summary>Asks the issuer, or its published keys.</summary>
    /// <returns><see cref="ProblemKind.Unauthenticated"/> for a token that is not valid; <see cref="ProblemKind.Unavailable"/> when the issuer cannot be asked.</returns>
    ValueTask<Result<ForeignHolder>> CheckAsync(string token, JwtText? jwt, CancellationToken cancellation);
}

/// <summary>Whom a foreign token belongs to.</summary>
/// <param name="Tenant">The tenant that the issuer vouches for.</param>
/// <param name="Id">Stable identity at the issuer.</param>
/// <param name="Name">A user of the tenant with this name is taken for it.</param>
/// <param name="Roles">What it may do when there is no such user; empty for nothing.</param>
public sealed record ForeignHolder(string Tenant, string Id, string Name, IReadOnlyList<ForeignRole> Roles);

/// <param name="Role">A role of the tenant.</param>
/// <param name="Projects">Null for the whole tenant.</param>
public sealed record ForeignRole(string Role, IReadOnlyList<string>? Projects);
