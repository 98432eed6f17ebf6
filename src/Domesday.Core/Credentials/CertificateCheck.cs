using System.Net;
using System.Security.Cryptography.X509Certificates;
using Domesday.Core.Certificates;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Core.Credentials;

/// <summary>Checks client certificates: those of our own authority by their serial number, those of others by their common name, which is a user's.</summary>
internal sealed class CertificateCheck(ControlLedger ledger, Refusals refusals, ClientAuthority authority, TimeProvider time)
{
    public Result<Identified> Check(PresentedCertificate presented, IPAddress? address)
    {
        var certificate = presented.Certificate;
        if (!authority.IsSigned(certificate, out var byOther)) return refusals.Refuse(new(null, null, "", address, presented.Scheme), "wrong_certificate");
        var (index, now) = (ledger.Index, Timestamp.FromDateTimeOffset(time.GetUtcNow()));
        var record = byOther ? null : index.State.Certificates.GetValueOrDefault(certificate.SerialNumber);
        var user = byOther
            ? index.UserNamed(null, certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false))
            : record is null ? null : index.State.Users.GetValueOrDefault(record.User);
        if (user is null) return refusals.Refuse(new(null, null, "", address, presented.Scheme), "unknown_account");
        var account = index.AccountOf(user, now);
        var refused = new RefusedCredential(user.Id, account.Principal.IsSystemAdministrator ? null : user.Tenant, "", address, presented.Scheme);
        if (record is { RevokedAt: not null }) return refusals.Count(refused, "revoked", "The certificate was revoked.");
        if (account.Refusal(index.State, now) is { } refusal) return refusals.Count(refused, refusal.Reason, refusal.Detail);
        return new Identified(account.Principal, IsFresh: false);
    }
}
