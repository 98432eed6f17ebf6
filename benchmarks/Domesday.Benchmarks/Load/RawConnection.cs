using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Domesday.Benchmarks.Load;

/// <summary>
/// One keep-alive HTTP/1.1 connection that sends requests rendered ahead. On two cores the client's own work would else be most of what is measured;
/// the same care is taken for PostgreSQL, which gets its rows in the binary form.
/// </summary>
public sealed class RawConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[512 * 1024];

    public RawConnection(Uri server) => _socket.Connect(server.Host, server.Port);

    /// <summary>A POST request up to its body.</summary>
    public static byte[] Head(string path, string key, string type, int length) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n\r\n"));

    /// <summary>Sends one request and reads the whole answer.</summary>
    /// <exception cref="InvalidOperationException">The answer is not 200.</exception>
    public async ValueTask PostAsync(byte[] head, ReadOnlyMemory<byte> body)
    {
        await SendAsync([head, .. System.Runtime.InteropServices.MemoryMarshal.TryGetArray(body, out var segment) ? [segment] : Array.Empty<ArraySegment<byte>>()]);
        var filled = 0;
        while (true)
        {
            var read = await _socket.ReceiveAsync(_answer.AsMemory(filled));
            if (read == 0) throw new InvalidOperationException("The service closed the connection.");
            filled += read;
            if (IsWhole(_answer.AsSpan(0, filled))) break;
        }
        if (!_answer.AsSpan(0, filled).StartsWith("HTTP/1.1 200"u8)) throw new InvalidOperationException(Encoding.UTF8.GetString(_answer, 0, Math.Min(filled, 2000)));
    }

    public void Dispose() => _socket.Dispose();

    private async ValueTask SendAsync(IList<ArraySegment<byte>> parts)
    {
        var total = parts.Sum(part => part.Count);
        var sent = await _socket.SendAsync(parts, SocketFlags.None);
        if (sent == total) return;
        foreach (var part in parts)
        {
            if (sent >= part.Count) sent -= part.Count;
            else
            {
                for (var rest = part[sent..]; rest.Count > 0;) rest = rest[await _socket.SendAsync(rest)..];
                sent = 0;
            }
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        var head = answer[..(end + 2)];
        var at = head.IndexOf("Content-Length: "u8);
        if (at < 0) return answer.EndsWith("0\r\n\r\n"u8);
        var digits = head[(at + 16)..];
        var length = int.Parse(digits[..digits.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
        return answer.Length >= end + 4 + length;
    }
}
