using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Domesday.Proxy.Tests.Transport;

/// <summary>An authority, and certificates that it signed: of 127.0.0.1 and of clients.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Begin = TimeProvider.System.GetUtcNow().AddDays(-1);

    private readonly X509Certificate2 _own;

    public TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _own = request.CreateSelfSigned(Begin, Begin.AddDays(30));
    }

    /// <summary>What is trusted: the authority without its key.</summary>
    public X509Certificate2Collection Trusted => [X509CertificateLoader.LoadCertificate(_own.RawData)];

    public X509Certificate2 Server()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        return Sign("CN=127.0.0.1", "1.3.6.1.5.5.7.3.1", names.Build());
    }

    /// <param name="subject">Such as <c>O=admins, CN=alice</c>.</param>
    public X509Certificate2 Client(string subject) => Sign(subject, "1.3.6.1.5.5.7.3.2", null);

    public void Dispose() => _own.Dispose();

    private X509Certificate2 Sign(string subject, string purpose, X509Extension? names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(purpose)], false));
        if (names is not null) request.CertificateExtensions.Add(names);
        using var signed = request.Create(_own, Begin, Begin.AddDays(20), RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);
        // A key that lives in memory alone is not taken by every TLS stack.
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
