using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;

namespace Domesday.Core.Certificates;

/// <summary>A certificate for a client, with its private key, both PEM; the key is known this once.</summary>
public sealed record ClientCertificate(string Serial, string CertificatePem, string KeyPem, DateTimeOffset ExpiresAt)
{
    /// <summary>Without the key, so that it cannot slip into a log.</summary>
    public override string ToString() => Serial;
}

/// <summary>The small authority that signs client certificates: one self-signed ECDSA certificate in the data folder.</summary>
/// <remarks>See docs/adr/0021-client-certificates.md.</remarks>
public sealed class ClientAuthority : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const int SerialBytes = 16;
    private const int AuthorityYears = 20;

    private static readonly TimeSpan Backdated = TimeSpan.FromMinutes(5);

    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _others;
    private readonly TimeProvider _time;

    private ClientAuthority(X509Certificate2 own, X509Certificate2Collection others, TimeProvider time) => (_own, _others, _time) = (own, others, time);

    /// <summary>The authority's certificate.</summary>
    public string Pem => _own.ExportCertificatePem() + "\n";

    /// <summary>Reads the authority; makes it when there is none.</summary>
    /// <param name="othersFile">PEM of further authorities whose certificates are taken; null for none.</param>
    /// <returns><see cref="ProblemKind.Invalid"/> for a missing or wrong passphrase or a wrong file of others; <see cref="ProblemKind.Corrupt"/> for a damaged authority.</returns>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static Result<ClientAuthority> Open(string folder, string? passphrase, string? othersFile, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var others = new X509Certificate2Collection();
        try
        {
            if (othersFile is not null) others.ImportFromPemFile(othersFile);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Invalid, $"DOMESDAY_TLS_CLIENT_CA cannot be used: {exception.Message}", "DOMESDAY_TLS_CLIENT_CA");
        }
        var path = Path.Combine(folder, "client-ca.pem");
        if (!File.Exists(path)) Make(path, passphrase, time.GetUtcNow());
        var own = Read(path, passphrase);
        return own.IsOk ? new ClientAuthority(own.Value, others, time) : own.Problem;
    }

    /// <summary>Signs a certificate for a user.</summary>
    /// <param name="name">The common name, for people: what counts is the serial number.</param>
    public ClientCertificate Issue(string name, TimeSpan lifetime)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name.Length > 64 ? name[..64] : name);
        var request = new CertificateRequest(subject.Build(), pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], false));
        var now = _time.GetUtcNow();
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        // Positive, and without a leading zero that tools would print differently.
        serial[0] = (byte)(serial[0] & 0x7f | 0x40);
        var expires = now + lifetime < _own.NotAfter ? now + lifetime : new DateTimeOffset(_own.NotAfter);
        using var certificate = request.Create(_own, now - Backdated, expires, serial);
        return new(Convert.ToHexString(serial), certificate.ExportCertificatePem() + "\n", pair.ExportPkcs8PrivateKeyPem() + "\n", new(certificate.NotAfter));
    }

    /// <summary>Whether it was signed by this authority, or by one of the others, and is within its time.</summary>
    public bool IsSigned(X509Certificate2 certificate, out bool byOther)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        byOther = false;
        if (Verifies(certificate, [_own])) return true;
        byOther = _others.Count > 0 && Verifies(certificate, _others);
        return byOther;
    }

    /// <summary>The serial numbers that are refused, as a signed list.</summary>
    /// <remarks>Source: RFC 5280 §5.</remarks>
    public string RevocationList(IEnumerable<(string Serial, DateTimeOffset RevokedAt)> revoked, BigInteger number)
    {
        ArgumentNullException.ThrowIfNull(revoked);
        var list = new CertificateRevocationListBuilder();
        foreach (var (serial, at) in revoked) list.AddEntry(Convert.FromHexString(serial), at);
        var now = _time.GetUtcNow();
        return PemEncoding.WriteString("X509 CRL", list.Build(_own, number, now.AddDays(1), HashAlgorithmName.SHA256, thisUpdate: now)) + "\n";
    }

    public void Dispose()
    {
        _own.Dispose();
        foreach (var other in _others) other.Dispose();
    }

    private bool Verifies(X509Certificate2 certificate, X509Certificate2Collection roots)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        // Our own list is the state, which is newer than any file; others' lists are theirs to enforce by short lifetimes.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().LocalDateTime;
        return chain.Build(certificate);
    }

    private static void Make(string path, string? passphrase, DateTimeOffset now)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Domesday client authority", pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var certificate = request.CreateSelfSigned(now - Backdated, now.AddYears(AuthorityYears));
        var key = string.IsNullOrEmpty(passphrase)
            ? pair.ExportPkcs8PrivateKeyPem()
            : pair.ExportEncryptedPkcs8PrivateKeyPem(passphrase, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 600_000));
        DurableFile.MakeFolderOf(path);
        DurableFile.Replace(path, Encoding.ASCII.GetBytes($"{certificate.ExportCertificatePem()}\n{key}\n"));
    }

    private static Result<X509Certificate2> Read(string path, string? passphrase)
    {
        var pem = File.ReadAllText(path);
        var isEncrypted = pem.Contains("ENCRYPTED PRIVATE KEY", StringComparison.Ordinal);
        if (isEncrypted && string.IsNullOrEmpty(passphrase)) return new Problem(ProblemKind.Invalid, $"The key {path} is encrypted: set DOMESDAY_KEY_PASSPHRASE.", "DOMESDAY_KEY_PASSPHRASE");
        try
        {
            return isEncrypted ? X509Certificate2.CreateFromEncryptedPem(pem, pem, passphrase) : X509Certificate2.CreateFromPem(pem, pem);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return isEncrypted
                ? new Problem(ProblemKind.Invalid, $"The passphrase does not open the key {path}.", "DOMESDAY_KEY_PASSPHRASE")
                : new Problem(ProblemKind.Corrupt, $"The client authority {path} is damaged. Put it back from a copy, or delete it: all client certificates are then made anew.");
        }
    }
}
