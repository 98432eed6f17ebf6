using Domesday.Capture.Recording;
using Domesday.Proxy.Counting;
using Domesday.Proxy.Transport;

namespace Domesday.Proxy.Sessions;

/// <summary>What all sessions share.</summary>
internal sealed record SessionSettings
{
    public required UpstreamDialer Upstream { get; init; }

    /// <summary>Null: nothing is captured.</summary>
    public required Recorder? Recorder { get; init; }

    public required ProxyCounters Counters { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Whether an upstream may speak HTTP/2 behind an upgrade to it, and raw streams behind an answer without a length: Docker does both.</summary>
    public bool IsDocker { get; init; }

    /// <summary>Whether answers to creations may be held back although their length is not told: those of APIs whose answers are known.</summary>
    public bool HoldsChunked { get; init; }

    /// <summary>Field in which a trusted proxy in front names the user.</summary>
    public string? UserField { get; init; }

    /// <summary>Field in which the upstream is told the name in the client's certificate; taken out of what clients send.</summary>
    public string? IdentityField { get; init; }

    /// <summary>Longest wait for the rest of a head whose first byte came.</summary>
    public TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for the next request on a connection.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the sides of a tunnel may outlive each other.</summary>
    public TimeSpan HalfClosedTimeout { get; init; } = TimeSpan.FromMinutes(5);
}
