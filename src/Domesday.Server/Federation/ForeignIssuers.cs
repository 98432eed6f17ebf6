using Domesday.Core.Credentials;
using Domesday.Server.Settings;

namespace Domesday.Server.Federation;

/// <summary>The other issuers that the settings name.</summary>
internal sealed class ForeignIssuers : IDisposable
{
    private readonly RemoteJson _remote = new();

    public ForeignIssuers(ServiceSettings settings, TimeProvider time)
    {
        var issuers = new List<IForeignIssuer>(settings.OidcIssuers.Select(issuer => new OidcIssuer(issuer, _remote, time)));
        if (settings is { KeystoneUrl: { } url, KeystoneTenant: { } tenant }) issuers.Add(new KeystoneIssuer(url, tenant, settings.KeystoneRoles, _remote, time));
        All = issuers;
    }

    public IReadOnlyList<IForeignIssuer> All { get; }

    public void Dispose()
    {
        foreach (var issuer in All.OfType<IDisposable>()) issuer.Dispose();
        _remote.Dispose();
    }
}
