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

    public void Dispose()
    {
        _own.Dispose();
        foreach (var certificate in _chain) certificate.Dispose();
    }
}
