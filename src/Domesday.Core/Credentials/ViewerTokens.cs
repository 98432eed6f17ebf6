using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Tokens;
using Domesday.Events;
using Domesday.Events.Schema;

namespace Domesday.Core.Credentials;

/// <summary>Makes tokens that show a part of a tenant's events for a while, such as those of one customer, to somebody who has no account here.</summary>
/// <remarks>
/// A token never shows more than its maker may read at that moment, and ends with the maker's credential. Whatever its limits are, it shows no notes and nothing
/// that the service records about itself: what the tenant's own people think, do and configure is not the customer's.
/// </remarks>
public sealed class ViewerTokens(TokenIssuer tokens, ServiceEventQueue queue, TimeProvider time)
{
    /// <summary>The <c>source_kind</c> of notes.</summary>
    private const string NoteKind = "note";

    private const int FilterCharsMax = 4_096;

    /// <summary>All that such a token may ever do.</summary>
    private const Permission Reading = Permission.AuditList | Permission.AuditGet | Permission.AuditExport;

    private static readonly FieldLimit NotTheServicesOwn = new(EventField.SourceKind, ServiceEventQueue.SourceKind, ControlLedger.SourceKind, NoteKind) { Not = true };

    /// <summary>Shortest that a token may be valid.</summary>
    public static TimeSpan LifetimeMin { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest that a token may be valid.</summary>
    public static TimeSpan LifetimeMax { get; } = TimeSpan.FromHours(24);

    /// <summary>Signs a token and records that it was made, with the filter.</summary>
    /// <param name="name">Whom it is for, as the records of its reading show it.</param>
    /// <param name="filter">The limits as their maker wrote them, for the record.</param>
    /// <returns><see cref="ProblemKind.Forbidden"/> for a maker whom the service knows by another issuer's token alone: nothing would tell when it may no longer read.</returns>
    public Result<IssuedToken> Issue(Principal maker, ChangeAuthor author, string tenant, string name, IReadOnlyList<FieldLimit> limits, string filter, TimeSpan lifetime)
    {
        ArgumentNullException.ThrowIfNull(maker);
        ArgumentNullException.ThrowIfNull(author);
        if (maker.Kind == PrincipalKinds.Federated) return new Problem(ProblemKind.Forbidden, "There is no user of this name here: make viewers' tokens with an API key.");
        var left = maker.Session is { } session ? session.ExpiresAt - time.GetUtcNow() : lifetime;
        var token = tokens.IssueViewer(maker, tenant, name, limits, left < lifetime ? left : lifetime);
        queue.Add(tenant, new()
        {
            Action = "create",
            Operation = "access.viewer_token",
            Actor = author.Actor,
            Source = author.Source,
            Resource = new() { Type = "viewer_token", Id = token.Session, Name = EventText.Clean(name) },
            Outcome = new() { Result = OutcomeResult.Success },
            Labels = new Dictionary<string, string>
            {
                [ReadAudit.FilterLabel] = EventText.Clean(filter, FilterCharsMax) ?? "",
                ["expires_at"] = Timestamp.FromDateTimeOffset(token.ExpiresAt).ToString(),
            },
        });
        return token;
    }

    /// <summary>The bearer of a token, as its maker's rights are now.</summary>
    internal static Principal BearerOf(Principal maker, ViewerClaims claims)
    {
        var own = maker.IsSystemAdministrator ? [new PermissionGrant(Reading, null)] : maker.Grants.Select(grant => grant with { Permissions = grant.Permissions & Reading }).ToList();
        return new(claims.Token.Tenant, PrincipalKinds.Viewer, claims.Token.Session, claims.Name, own[0].Permissions)
        {
            Projects = own[0].Projects,
            Further = [.. own.Skip(1)],
            Limits = [NotTheServicesOwn, .. claims.Limits],
            Maker = maker,
            Session = new(claims.Token.Session, claims.Token.ExpiresAt),
        };
    }
}
