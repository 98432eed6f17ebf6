using System.Net;
using System.Net.Sockets;

namespace Domesday.Proxy.Transport;

/// <summary>Where to listen, or where the upstream is: <c>http://host:port</c>, <c>https://host:port</c>, <c>tcp://host:port</c> or <c>unix:///path</c>.</summary>
public sealed class ProxyAddress
{
    private ProxyAddress(string text, string host, int port, bool isTls, string? path) => (Text, Host, Port, IsTls, Path) = (text, host, port, isTls, path);

    public string Text { get; }

    /// <summary>Empty for a unix socket.</summary>
    public string Host { get; }

    public int Port { get; }

    public bool IsTls { get; }

    /// <summary>Of a unix socket; null for TCP.</summary>
    public string? Path { get; }

    /// <exception cref="FormatException">It is no such address.</exception>
    public static ProxyAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith("unix://", StringComparison.Ordinal) && text["unix://".Length..] is { Length: > 0 } path)
            return path.StartsWith('/') ? new(text, "", 0, false, path) : throw new FormatException($"{text} needs an absolute path: unix:///run/name.sock.");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https" or "tcp") || uri.Host.Length == 0 || uri.UserInfo.Length > 0)
            throw new FormatException($"{text} is none of http://host:port, https://host:port, tcp://host:port and unix:///path.");
        if (uri.AbsolutePath != "/" || uri.Query.Length > 0) throw new FormatException($"{text} has a path or a query: requests pass with their own.");
        if (uri.Scheme == "tcp" && uri.IsDefaultPort) throw new FormatException($"{text} has no port.");
        return new(text, uri.DnsSafeHost, uri.Port, uri.Scheme == "https", null);
    }

    public override string ToString() => Text;

    /// <summary>The addresses to bind: of a name, all that it stands for.</summary>
    internal async Task<IReadOnlyList<EndPoint>> EndPointsAsync()
    {
        if (Path is not null) return [new UnixDomainSocketEndPoint(Path)];
        if (Host is "*" or "+") return [new IPEndPoint(IPAddress.IPv6Any, Port)];
        if (IPAddress.TryParse(Host, out var address)) return [new IPEndPoint(address, Port)];
        var found = await Dns.GetHostAddressesAsync(Host);
        return [.. found.Where(one => one.AddressFamily == AddressFamily.InterNetwork || Socket.OSSupportsIPv6).Select(one => new IPEndPoint(one, Port))];
    }
}
