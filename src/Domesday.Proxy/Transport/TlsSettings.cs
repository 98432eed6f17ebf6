using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Domesday.Proxy.Transport;

/// <summary>Certificates of one side.</summary>
public sealed class TlsSettings
{
    /// <summary>Own certificate with its key; null: none.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Intermediates that are sent along.</summary>
    public X509Certificate2Collection Chain { get; init; } = [];

    /// <summary>Whose certificates are trusted; null: the system's authorities for upstreams, nobody's for clients.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Whether clients must show a certificate. With <see cref="Authorities"/> alone they may.</summary>
    public bool RequiresCertificate { get; init; }

    /// <param name="certificate">PEM file, with intermediates behind the certificate; null: none.</param>
    /// <param name="key">PEM file.</param>
    /// <param name="authorities">PEM file; null: none.</param>
    /// <exception cref="FormatException">A file is missing or holds something else.</exception>
    public static TlsSettings Load(string? certificate, string? key, string? authorities, bool requires)
    {
        if (certificate is null != key is null) throw new FormatException("A certificate needs its key, and a key its certificate.");
        try
        {
            var chain = new X509Certificate2Collection();
            if (certificate is not null) chain.ImportFromPemFile(certificate);
            X509Certificate2Collection? trusted = null;
            if (authorities is not null)
            {
                trusted = [];
                trusted.ImportFromPemFile(authorities);
                if (trusted.Count == 0) throw new FormatException($"{authorities} holds no certificate.");
            }
            return new() { Certificate = certificate is null ? null : X509Certificate2.CreateFromPemFile(certificate, key), Chain = chain, Authorities = trusted, RequiresCertificate = requires };
        }
        catch (Exception exception) when (exception is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"The certificates cannot be used: {exception.Message}", exception);
        }
    }

    internal SslServerAuthenticationOptions ForServer() => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(Certificate ?? throw new InvalidOperationException("A TLS listener needs a certificate."), Chain, offline: true),
        ClientCertificateRequired = Authorities is not null,
        RemoteCertificateValidationCallback = (_, shown, _, _) => shown is null ? !RequiresCertificate : shown is X509Certificate2 leaf && IsTrusted(leaf),
        // HTTP/2 is not spoken here: a client that offers both falls back.
        ApplicationProtocols = [SslApplicationProtocol.Http11],
    };

    internal SslClientAuthenticationOptions ForClient(string host)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = host, ApplicationProtocols = [SslApplicationProtocol.Http11] };
        if (Certificate is not null) options.ClientCertificateContext = SslStreamCertificateContext.Create(Certificate, Chain, offline: true);
        if (Authorities is not null) options.CertificateChainPolicy = PolicyOf("1.3.6.1.5.5.7.3.1");
        return options;
    }

    private bool IsTrusted(X509Certificate2 leaf)
    {
        if (Authorities is null) return false;
        using var chain = new X509Chain { ChainPolicy = PolicyOf("1.3.6.1.5.5.7.3.2") };
        return chain.Build(leaf);
    }

    /// <param name="purpose">Extended key usage: of servers or of clients.</param>
    private X509ChainPolicy PolicyOf(string purpose)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.ApplicationPolicy.Add(new(purpose));
        policy.CustomTrustStore.AddRange(Authorities!);
        return policy;
    }
}
