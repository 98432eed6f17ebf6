using Domesday.Client;
using Domesday.Events.Capture;
using Domesday.Proxy.Transport;

namespace Domesday.Proxy.Hosting;

/// <summary>What a proxy does.</summary>
public sealed record ProxyOptions
{
    /// <summary>Where it listens; several addresses serve the same upstream.</summary>
    public required IReadOnlyList<ProxyAddress> Listen { get; init; }

    public required ProxyAddress Upstream { get; init; }

    public required ProxyKind Kind { get; init; }

    /// <summary>In force while nobody has set a policy at the service.</summary>
    public required CompiledPolicy Policy { get; init; }

    /// <summary>The service that gets the events, with a credential that may append.</summary>
    public required ClientOptions Server { get; init; }

    /// <summary>Folder of the spool; the service's policy is kept beside it.</summary>
    public required string Folder { get; init; }

    /// <summary>Most bytes that wait on disk for the service.</summary>
    public long SpoolBytesMax { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Name of the component in events; null: as the kind has it.</summary>
    public string? Service { get; init; }

    /// <summary>Routes of an API of kind <see cref="ProxyKind.Http"/>: a JSON list of <see cref="Domesday.Capture.Acts.RouteTemplate"/>; empty: none are known.</summary>
    public ReadOnlyMemory<byte> RoutesJson { get; init; }

    /// <summary>Whether the service's policy is followed; without it <see cref="Policy"/> is in force always.</summary>
    public bool FollowsServer { get; init; } = true;

    public TlsSettings ListenTls { get; init; } = new();

    public TlsSettings UpstreamTls { get; init; } = new();

    /// <summary>Field in which a trusted proxy in front names the user; null: none is believed.</summary>
    public string? UserField { get; init; }

    /// <summary>Field in which the upstream is told the name in the client's certificate; null: it is not told.</summary>
    public string? IdentityField { get; init; }

    /// <summary>Connections at once.</summary>
    public int ConnectionsMax { get; init; } = 4_096;

    /// <summary>Longest wait for a connection to the upstream.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where counters are served under <c>/metrics</c>; null: nowhere.</summary>
    public Uri? Metrics { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>Which API an upstream has.</summary>
public enum ProxyKind
{
    /// <summary>The Docker Engine, with or without Swarm.</summary>
    Docker,
    Kubernetes,

    /// <summary>Any other.</summary>
    Http,
}
