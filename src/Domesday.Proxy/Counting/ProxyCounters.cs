namespace Domesday.Proxy.Counting;

/// <summary>What a proxy did since it was started.</summary>
public sealed class ProxyCounters
{
    private long _connections, _open, _requests, _tunnels, _tunnelsOpen, _bytesUp, _bytesDown, _malformed, _upstreamFailures, _clientFailures, _handshakeFailures;

    public long Connections => Interlocked.Read(ref _connections);

    public long ConnectionsOpen => Interlocked.Read(ref _open);

    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Connections that changed their protocol.</summary>
    public long Tunnels => Interlocked.Read(ref _tunnels);

    public long TunnelsOpen => Interlocked.Read(ref _tunnelsOpen);

    /// <summary>Of bodies and tunnels, towards the upstream.</summary>
    public long BytesUp => Interlocked.Read(ref _bytesUp);

    public long BytesDown => Interlocked.Read(ref _bytesDown);

    /// <summary>Requests that were no HTTP, or could be read in two ways.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>The upstream could not be reached, broke off, or answered with no HTTP.</summary>
    public long UpstreamFailures => Interlocked.Read(ref _upstreamFailures);

    /// <summary>Clients that broke off in the middle of a request or an answer.</summary>
    public long ClientFailures => Interlocked.Read(ref _clientFailures);

    public long HandshakeFailures => Interlocked.Read(ref _handshakeFailures);

    internal void Connected()
    {
        Interlocked.Increment(ref _connections);
        Interlocked.Increment(ref _open);
    }

    internal void Disconnected() => Interlocked.Decrement(ref _open);

    internal void Requested() => Interlocked.Increment(ref _requests);

    internal void TunnelOpened()
    {
        Interlocked.Increment(ref _tunnels);
        Interlocked.Increment(ref _tunnelsOpen);
    }

    internal void TunnelClosed() => Interlocked.Decrement(ref _tunnelsOpen);

    internal void Passed(bool isUp, int bytes) => Interlocked.Add(ref isUp ? ref _bytesUp : ref _bytesDown, bytes);

    internal void WasMalformed() => Interlocked.Increment(ref _malformed);

    internal void UpstreamFailed() => Interlocked.Increment(ref _upstreamFailures);

    internal void ClientFailed() => Interlocked.Increment(ref _clientFailures);

    internal void HandshakeFailed() => Interlocked.Increment(ref _handshakeFailures);
}
