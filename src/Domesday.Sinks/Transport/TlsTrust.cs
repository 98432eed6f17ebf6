using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Domesday.Core.Forwarding;

namespace Domesday.Sinks.Transport;

/// <summary>Which receivers' certificates are believed: the machine's authorities, or those that the sink names.</summary>
internal static class TlsTrust
{
    /// <summary>The setting that holds authorities, PEM.</summary>
    public const string Setting = "ca";

    /// <summary>What people are told about it.</summary>
    public static SettingText Text { get; } = new(Setting, "Authorities", "Certificates in PEM that the receiver's must come from; this machine's without it.");

    private const int PemCharsMax = 16 * 1024;

    /// <returns>Null: as the machine does.</returns>
    public static RemoteCertificateValidationCallback? Of(SinkSettings settings)
    {
        if (settings.Text(Setting, charsMax: PemCharsMax) is not { } pem) return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            authorities.Clear();
        }
        if (authorities.Count == 0) settings.Fault(Setting, "must be certificates in PEM");
        return (_, certificate, sent, errors) => IsBelieved(authorities, certificate as X509Certificate2, sent, errors);
    }

    private static bool IsBelieved(X509Certificate2Collection authorities, X509Certificate2? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(certificate);
    }
}
