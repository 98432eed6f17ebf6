using Domesday.Core.Credentials;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authentication.ClientCertificate;

/// <summary>The certificate of a TLS connection, as client bundles bring it. Any credential in a header goes before it.</summary>
internal static class ClientCertificateScheme
{
    private const string Name = "client_certificate";

    /// <returns>Null when the connection brought none.</returns>
    public static PresentedCredential? Read(HttpContext http) => http.Connection.ClientCertificate is { } certificate ? new PresentedCertificate(Name, certificate) : null;
}
