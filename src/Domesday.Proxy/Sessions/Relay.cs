using Domesday.Capture.Recording;
using Domesday.Proxy.Counting;
using Domesday.Proxy.Transport;
using Domesday.Proxy.Wire;

namespace Domesday.Proxy.Sessions;

/// <summary>Passes bytes from one side to the other as they come.</summary>
internal static class Relay
{
    /// <summary>Passes a body.</summary>
    /// <exception cref="EndOfStreamException">It breaks off.</exception>
    /// <exception cref="RelayBrokenException">The other side takes no more.</exception>
    public static async Task BodyAsync(WireConnection from, WireConnection to, BodyScanner scanner, BodyTee? tee, bool isUp, ProxyCounters counters)
    {
        while (!scanner.IsDone)
        {
            var available = from.Input.Available;
            if (available.IsEmpty)
            {
                if (await from.Input.FillAsync()) continue;
                if (scanner.EndsWithConnection) return;
                throw new EndOfStreamException("A body breaks off in the middle.");
            }
            var length = scanner.Take(available.Span);
            // Before the last bytes are passed on: the answer may come at once.
            if (scanner.IsDone && tee is not null) tee.IsComplete = true;
            counters.Passed(isUp, length);
            try
            {
                await to.WriteAsync(available[..length]);
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                throw new RelayBrokenException(exception);
            }
            from.Input.Advance(length);
        }
    }

    /// <summary>Passes bytes both ways until both sides have ended; each end is passed on by itself.</summary>
    public static async Task TunnelAsync(WireConnection client, WireConnection upstream, ProxyCounters counters, TimeProvider time, TimeSpan halfClosed)
    {
        counters.TunnelOpened();
        try
        {
            var up = OneWayAsync(client, upstream, isUp: true, counters);
            var down = OneWayAsync(upstream, client, isUp: false, counters);
            await await Task.WhenAny(up, down);
            var rest = Task.WhenAll(up, down);
            // Where the upstream has ended, hardly any client has more to say; the other way round the answer may take its time.
            if (down.IsCompleted) await rest.WaitAsync(halfClosed, time);
            else await rest;
        }
        catch (TimeoutException)
        {
            // Whoever waits longer than that waits for nothing.
        }
        finally
        {
            counters.TunnelClosed();
        }
    }

    private static async Task OneWayAsync(WireConnection from, WireConnection to, bool isUp, ProxyCounters counters)
    {
        do
        {
            var available = from.Input.Available;
            if (available.IsEmpty) continue;
            counters.Passed(isUp, available.Length);
            await to.WriteAsync(available);
            from.Input.Advance(available.Length);
        }
        while (await from.Input.FillAsync());
        await to.EndSendingAsync();
    }
}

/// <summary>Whoever a body is passed to takes no more of it.</summary>
internal sealed class RelayBrokenException(Exception inner) : Exception(inner.Message, inner);
