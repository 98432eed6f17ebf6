using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Domesday.Core.Problems;
using Domesday.Server.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Domesday.Server;

/// <summary>The certificate of https addresses, with those between it and its root.</summary>
internal sealed class ServerCertificate : IDisposable
{
    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _chain;

    private ServerCertificate(X509Certificate2 own, X509Certificate2Collection chain) => (_own, _chain) = (own, chain);

    /// <returns><see cref="ProblemKind.Invalid"/> when the files cannot be read or do not belong together.</returns>
    public static Result<ServerCertificate> Load(string certificateFile, string keyFile)
    {
        try
        {
            var own = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificateFile);
            return new ServerCertificate(own, chain);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Invalid, $"{SettingCatalog.TlsCert.Name} and {SettingCatalog.TlsKey.Name} cannot be used: {exception.Message}");
        }
    }

    public void Apply(HttpsConnectionAdapterOptions https)
    {
        https.ServerCertificate = _own;
        https.ServerCertificateChain = _chain;
        // Taken here whoever signed it: it is checked like every other credential, and refused with an answer instead of a broken connection.
        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        https.ClientCertificateValidation = (_, _, _) => true;
    }

    /// <summary>For listeners that are not Kestrel's.</summary>
    /// <param name="clientIssuers">Of which one must have issued a client's certificate; null asks clients for none.</param>
    public SslServerAuthenticationOptions Authentication(X509Certificate2Collection? clientIssuers) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(_own, _chain, offline: true),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ClientCertificateRequired = clientIssuers is not null,
        RemoteCertificateValidationCallback = (_, certificate, chain, _) => clientIssuers is null || IsIssuedBy(clientIssuers, certificate as X509Certificate2, chain),
    };

    public void Dispose()
    {
        _own.Dispose();
        foreach (var certificate in _chain) certificate.Dispose();
    }

    /// <summary>Their roots are the only ones that count; the client may send what lies between.</summary>
    private static bool IsIssuedBy(X509Certificate2Collection issuers, X509Certificate2? certificate, X509Chain? sent)
    {
        if (certificate is null) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(issuers);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(certificate);
    }
}
