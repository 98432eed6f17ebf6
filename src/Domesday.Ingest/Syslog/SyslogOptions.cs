using System.Net;
using System.Net.Security;

namespace Domesday.Ingest.Syslog;

/// <summary>Where to listen for syslog.</summary>
public sealed record SyslogOptions
{
    public IReadOnlyList<SyslogAddress> Udp { get; init; } = [];

    public IReadOnlyList<SyslogAddress> Tcp { get; init; } = [];

    public IReadOnlyList<SyslogAddress> Tls { get; init; } = [];

    /// <summary>The certificate and what is asked of clients; needed for <see cref="Tls"/>.</summary>
    public SslServerAuthenticationOptions? Authentication { get; init; }

    /// <summary>How long a connection may bring no whole message before it is closed; null: for ever.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Whether anything may be written to a tenant now.</summary>
    public Func<string, bool> IsActive { get; init; } = _ => true;
}

/// <summary>An address to listen on.</summary>
/// <param name="Tenant">Whose ledger gets what comes in there.</param>
public sealed record SyslogAddress(IPEndPoint EndPoint, string Tenant);
