using Domesday.Core.Access;
using Domesday.Core.Certificates;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>A certificate that was just made; the only time that its key is known.</summary>
public sealed record CreatedCertificate(CertificateRecord Record, UserRecord User, ClientCertificate Certificate);

/// <summary>Makes, lists and revokes client certificates of users.</summary>
public sealed class CertificateDirectory(ControlLedger ledger, ClientAuthority authority, TimeProvider time)
{
    public const int DaysMax = 3_650;

    private static readonly Problem NotFound = new(ProblemKind.NotFound, "There is no such certificate.");
    private static readonly Problem Exceeds = new(ProblemKind.Forbidden, "The user may do more than you: somebody who may do as much must do this.");

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    /// <summary>All certificates of a tenant's users, revoked ones included, oldest first.</summary>
    public IReadOnlyList<CertificateRecord> Of(string tenant) =>
        [.. ledger.State.Certificates.Values.Where(certificate => certificate.Tenant == tenant).OrderBy(certificate => certificate.CreatedAt).ThenBy(certificate => certificate.Serial, StringComparer.Ordinal)];

    public Result<CertificateRecord> Find(string tenant, string serial) => Find(ledger.State, tenant, serial);

    /// <param name="user">Id or name.</param>
    /// <param name="days">How long it is valid: 1 to <see cref="DaysMax"/>.</param>
    /// <returns><see cref="ProblemKind.Forbidden"/> when the user may do more than the one who makes it.</returns>
    public async ValueTask<Result<CreatedCertificate>> CreateAsync(Principal maker, ChangeAuthor author, string tenant, string user, int days, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(maker);
        if (days is < 1 or > DaysMax) return new Problem(ProblemKind.Invalid, $"days must be a whole number from 1 to {DaysMax}.", "days");
        var found = ledger.State.Users.Values.FirstOrDefault(candidate => candidate.Tenant == tenant && (candidate.Id == user || candidate.Name == user));
        if (found is null) return new Problem(ProblemKind.Invalid, "There is no such user in this tenant.", "user");
        var certificate = authority.Issue(found.Name, TimeSpan.FromDays(days));
        var record = new CertificateRecord
        {
            Serial = certificate.Serial,
            Tenant = tenant,
            User = found.Id,
            ExpiresAt = Timestamp.FromDateTimeOffset(certificate.ExpiresAt),
            CreatedAt = Now,
            CreatedBy = maker.Id,
        };
        var changed = await ledger.ChangeAsync(author, state =>
        {
            if (!state.Users.TryGetValue(found.Id, out var now)) return new Problem(ProblemKind.Invalid, "There is no such user in this tenant.", "user");
            if (!state.IsActive(tenant)) return new Problem(ProblemKind.Conflict, $"The tenant '{tenant}' is disabled.");
            return maker.Covers(new ControlIndex(state).AccountOf(now, Now).Principal) ? (ControlChange[])[ControlKinds.Certificate.Create(record)] : Exceeds;
        }, cancellation);
        return changed.IsOk ? new CreatedCertificate(changed.Value.Certificates[record.Serial], found, certificate) : changed.Problem;
    }

    /// <summary>Refuses the certificate from the next request on, also on connections that are open.</summary>
    public async ValueTask<Problem?> RevokeAsync(ChangeAuthor author, string tenant, string serial, CancellationToken cancellation)
    {
        var changed = await ledger.ChangeAsync(author, state =>
        {
            var found = Find(state, tenant, serial);
            if (!found.IsOk) return found.Problem;
            return found.Value.RevokedAt is not null
                ? Array.Empty<ControlChange>()
                : (ControlChange[])[ControlKinds.Certificate.Update("revoke", found.Value, found.Value with { RevokedAt = Now })];
        }, cancellation);
        return changed.Problem;
    }

    private static Result<CertificateRecord> Find(ControlState state, string tenant, string serial) =>
        state.Certificates.TryGetValue(serial.ToUpperInvariant(), out var certificate) && certificate.Tenant == tenant ? certificate : NotFound;
}
