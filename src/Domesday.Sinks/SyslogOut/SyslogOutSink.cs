using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.SyslogOut;

/// <summary>RFC 5424 messages over TCP, TLS or UDP. Syslog knows no answer: over TCP and TLS an event counts when the receiver's machine has it, over UDP when it left.</summary>
/// <remarks>Source: RFC 5424 (messages), RFC 6587 (TCP), RFC 5425 (TLS), RFC 5426 (UDP).</remarks>
internal sealed class SyslogOutSink(SyslogOutOptions options, SinkContext context) : ISink
{
    private const int EventsMax = 2_000;
    private const int BytesMax = 1024 * 1024;

    /// <summary>What a datagram over IPv4 holds.</summary>
    private const int DatagramBytesMax = 65_507;

    private const int FrameBytesMax = 8;

    private readonly StreamConnection _connection = new(options.Address, context.Time);
    private readonly Rfc5424Record _record = new(options.Header, context.Format);
    private Socket? _datagrams;

    public SinkLimits Limits => new(EventsMax, BytesMax, options.Transport == SyslogOutOptions.Udp ? DatagramBytesMax : BytesMax - FrameBytesMax) { OverheadBytes = FrameBytesMax };

    public RecordWriter Write => _record.Write;

    public async ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        if (options.Transport == SyslogOutOptions.Udp)
        {
            await SendDatagramsAsync(events, cancellation);
        }
        else
        {
            using var frames = new MemoryStream();
            foreach (var one in events) WriteFrame(frames, one.Payload.Span);
            await _connection.SendAsync(frames.GetBuffer().AsMemory(0, (int)frames.Length), cancellation);
        }
        SyslogOutLog.Sent(context.Logger, context.Id, events.Count, events.Sum(one => (long)one.Payload.Length), options.Transport);
        return Delivery.Accepted($"sent over {options.Transport}; syslog has no answers");
    }

    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        _datagrams?.Dispose();
        return ValueTask.CompletedTask;
    }

    private void WriteFrame(MemoryStream frames, ReadOnlySpan<byte> message)
    {
        if (options.IsCounted) frames.Write(Encoding.ASCII.GetBytes(message.Length.ToString(CultureInfo.InvariantCulture) + " "));
        frames.Write(message);
        if (!options.IsCounted) frames.WriteByte((byte)'\n');
    }

    private async ValueTask SendDatagramsAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        var addresses = await ReachableSocket.AddressesAsync(options.Address.Host, cancellation);
        var address = addresses.FirstOrDefault(one => !ReachableSocket.IsLinkLocal(one)) ?? throw new IOException($"{options.Address.Host} is a link-local address: events are not sent there.");
        if (_datagrams?.AddressFamily != address.AddressFamily)
        {
            _datagrams?.Dispose();
            _datagrams = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        }
        var receiver = new IPEndPoint(address, options.Address.Port);
        foreach (var one in events) await _datagrams.SendToAsync(one.Payload, receiver, cancellation);
    }
}
