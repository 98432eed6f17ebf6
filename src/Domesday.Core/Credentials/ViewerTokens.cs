using System.Runtime.CompilerServices;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Core.Tokens;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Credentials;

/// <summary>Makes tokens that show a part of a tenant's events for a while, such as those of one customer, to somebody who has no account here.</summary>
/// <remarks>
/// A token never shows more than its maker may read at that moment, and ends with the maker's credential. Whatever its limits are, it shows no notes and nothing
/// that the service records about itself: what the tenant's own people think, do and configure is not the customer's.
/// A token is kept nowhere. Which ones there are is told by the events that record their making; revoking one is ending its session.
/// </remarks>
public sealed class ViewerTokens(TokenIssuer tokens, ControlLedger ledger, IEventReader reader, ServiceEventQueue queue, TimeProvider time)
{
    /// <summary>More are not listed; the newest are.</summary>
    public const int ListedMax = 1_000;

    /// <summary>The <c>operation</c> of the events that record their making.</summary>
    private const string Operation = "access.viewer_token";

    private const string EndLabel = "expires_at";

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
            Operation = Operation,
            Actor = author.Actor,
            Source = author.Source,
            Resource = new() { Type = "viewer_token", Id = token.Session, Name = EventText.Clean(name) },
            Outcome = new() { Result = OutcomeResult.Success },
            Labels = new Dictionary<string, string>
            {
                [ReadAudit.FilterLabel] = EventText.Clean(filter, FilterCharsMax) ?? "",
                [EndLabel] = Timestamp.FromDateTimeOffset(token.ExpiresAt).ToString(),
            },
        });
        return token;
    }

    /// <summary>Tokens of a tenant that are valid still, the newest first; those made a moment ago may not be among them yet.</summary>
    public async ValueTask<IReadOnlyList<ViewerTokenInfo>> ListAsync(string tenant, CancellationToken cancellation) =>
        await ReadAsync(tenant, [], cancellation).Where(token => !ledger.State.RevokedSessions.ContainsKey(token.Id)).Take(ListedMax).ToListAsync(cancellation);

    /// <summary>Ends a token, on every node, for good.</summary>
    /// <returns><see cref="ProblemKind.NotFound"/> for one that is not listed.</returns>
    public async ValueTask<Problem?> RevokeAsync(ChangeAuthor author, string tenant, string id, CancellationToken cancellation)
    {
        var notFound = new Problem(ProblemKind.NotFound, "There is no such viewer's token, or it has ended.");
        if (id.Length == 0 || await ReadAsync(tenant, [FieldCondition.Is(EventField.ResourceId, id)], cancellation).FirstOrDefaultAsync(cancellation) is not { } token) return notFound;
        var record = new SessionRecord { Id = id, Tenant = tenant, Principal = token.MadeBy.Id ?? "", ExpiresAt = token.ExpiresAt, RevokedAt = Now };
        var changed = await ledger.ChangeAsync(author, state => state.RevokedSessions.ContainsKey(id) ? notFound : (ControlChange[])[ControlKinds.Session.Update("revoke", null, record)], cancellation);
        return changed.Problem;
    }

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    private async IAsyncEnumerable<ViewerTokenInfo> ReadAsync(string tenant, FieldCondition[] conditions, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var now = Now;
        var filter = EventFilter.All with
        {
            From = Timestamp.FromDateTimeOffset(time.GetUtcNow() - LifetimeMax),
            Conditions = [FieldCondition.Is(EventField.Operation, Operation), FieldCondition.Is(EventField.SourceKind, ServiceEventQueue.SourceKind), .. conditions],
        };
        await foreach (var entries in reader.ReadAsync(AccessScope.WholeTenant(tenant), filter, EventOrder.Sequence, descending: true, cancellation))
        {
            foreach (var entry in entries)
            {
                var made = EventJson.Read(entry.Bytes.Span);
                if (made is not { Resource.Id: { } id, Actor: { } maker, Time: { } at, Labels: { } labels } || !Timestamp.TryParse(Encoding.UTF8.GetBytes(labels.GetValueOrDefault(EndLabel, "")), out var end, out _) || end <= now) continue;
                yield return new(id, made.Resource.Name ?? "", labels.GetValueOrDefault(ReadAudit.FilterLabel, ""), maker, at, end);
            }
        }
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

/// <summary>A token that was made, without itself.</summary>
/// <param name="Id">Names it; the records of its reading have it as the actor's id.</param>
/// <param name="Name">Whom it is for.</param>
/// <param name="Filter">What it shows, as the parameters of a query.</param>
public sealed record ViewerTokenInfo(string Id, string Name, string Filter, Actor MadeBy, Timestamp MadeAt, Timestamp ExpiresAt);
