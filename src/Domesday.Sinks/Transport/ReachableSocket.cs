using System.Net;
using System.Net.Sockets;

namespace Domesday.Sinks.Transport;

/// <summary>Connects to receivers, but never to link-local addresses: there the machine's cloud hands out credentials to whoever asks.</summary>
internal static class ReachableSocket
{
    /// <exception cref="SocketException">Nobody listens there, or the name is not known.</exception>
    /// <exception cref="IOException">The address is one that receivers must not have.</exception>
    public static async ValueTask<Socket> ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        var addresses = (await AddressesAsync(host, cancellation)).Where(address => !IsLinkLocal(address)).ToArray();
        if (addresses.Length == 0) throw new IOException($"{host} is a link-local address: events are not sent there.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The addresses of a host.</summary>
    public static async ValueTask<IPAddress[]> AddressesAsync(string host, CancellationToken cancellation) =>
        IPAddress.TryParse(host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host, cancellation);

    public static bool IsLinkLocal(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.IsIPv6LinkLocal || plain.AddressFamily == AddressFamily.InterNetwork && plain.GetAddressBytes() is [169, 254, ..];
    }
}
