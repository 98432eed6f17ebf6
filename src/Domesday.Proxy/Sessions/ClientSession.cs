using System.Text;
using Domesday.Proxy.Transport;
using Domesday.Proxy.Wire;

namespace Domesday.Proxy.Sessions;

/// <summary>One client's connection, with a connection to the upstream of its own: requests pass one after another.</summary>
/// <remarks>
/// One to one, so that whatever the upstream ties to a connection holds, and nothing of one client can end up in the connection of another. What the upstream
/// does to its connection (closing, breaking off in the middle) is done to the client's.
/// </remarks>
internal sealed class ClientSession(WireConnection client, SessionSettings settings) : IDisposable
{
    private static readonly TimeSpan LingerTimeout = TimeSpan.FromSeconds(2);

    private readonly ClientIdentity _identity = new(client, settings.UserField);
    private WireConnection? _upstream;

    public async Task RunAsync()
    {
        settings.Counters.Connected();
        try
        {
            while (await ExchangeAsync())
            {
                // The next request.
            }
        }
        catch (WireException fault)
        {
            settings.Counters.WasMalformed();
            await RefuseAsync(fault.Status, fault.Message);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or RelayBrokenException or TimeoutException)
        {
            settings.Counters.ClientFailed();
            client.Abort();
        }
        finally
        {
            settings.Counters.Disconnected();
        }
    }

    public void Dispose()
    {
        client.Dispose();
        _upstream?.Dispose();
    }

    /// <returns>Whether the connection can carry another request.</returns>
    private async Task<bool> ExchangeAsync()
    {
        var length = await HeadAsync();
        if (length == 0) return false;
        var head = HeadParser.Request(client.Input.Available.Span[..length]);
        var framing = BodyFraming.OfRequest(head);
        client.Input.Advance(length);
        settings.Counters.Requested();
        if (head.Method == "CONNECT") throw new WireException(501, "This proxy stands before one upstream, and opens no tunnels to others.");
        var recording = settings.Recorder?.Begin(RequestReader.Read(head, client, _identity, settings.Time));
        if (recording is not null && !await recording.StartAsync())
        {
            recording.Dispose();
            await RefuseAsync(503, "The request cannot be recorded, and must not pass unrecorded.");
            return false;
        }
        if (await ConnectAsync() is { } failure)
        {
            settings.Counters.UpstreamFailed();
            if (recording is not null) await recording.BreakAsync(502, failure);
            await RefuseAsync(502, $"The upstream cannot be reached: {failure}");
            return false;
        }
        using var exchange = new Exchange(client, _upstream!, head, framing, recording, settings);
        return await exchange.RunAsync(UpgradeFilter.Forwarded(head, settings, _identity.CertificateName)) switch
        {
            ExchangeEnd.Reusable => true,
            ExchangeEnd.Refused => await RefusedAsync(exchange),
            _ => false,
        };
    }

    private async Task<bool> RefusedAsync(Exchange exchange)
    {
        await RefuseAsync(exchange.RefusalStatus, exchange.Refusal);
        return false;
    }

    /// <summary>Waits for a head: long for its first byte, not long for the rest.</summary>
    private async Task<int> HeadAsync()
    {
        if (client.Input.Available.IsEmpty)
        {
            var first = client.Input.FillAsync();
            if (!await IsInTimeAsync(first, settings.IdleTimeout)) return 0;
            if (!await first) return 0;
        }
        // One after the other: two who read at once would write over each other.
        var head = client.Input.HeadAsync();
        if (head.IsCompletedSuccessfully) return head.Result;
        var waiting = head.AsTask();
        if (await IsInTimeAsync(waiting, settings.HeadTimeout, 408)) return await waiting;
        return 0;
    }

    /// <returns>False when it was given up, and the connection with it.</returns>
    private async Task<bool> IsInTimeAsync(Task reading, TimeSpan timeout, int? status = null)
    {
        try
        {
            await reading.WaitAsync(timeout, settings.Time);
            return true;
        }
        catch (TimeoutException)
        {
            if (status is not null) await TellAsync(status.Value, reading);
            client.Dispose();
            await Ignored(reading);
            return false;
        }
    }

    /// <summary>Says that it took too long, and leaves a moment to read that: closing while something is still read would be a reset, which takes the answer away.</summary>
    private async Task TellAsync(int status, Task reading)
    {
        await WriteRefusalAsync(status, "The head of the request did not come in time.");
        await client.EndSendingAsync();
        try
        {
            await Ignored(reading).WaitAsync(LingerTimeout, settings.Time);
        }
        catch (TimeoutException)
        {
            // It had its moment.
        }
    }

    private static async Task Ignored(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or WireException)
        {
            // The connection was given up already.
        }
    }

    /// <returns>Why it failed; null when there is a connection.</returns>
    private async Task<string?> ConnectAsync()
    {
        if (_upstream is { IsStale: false }) return null;
        _upstream?.Dispose();
        _upstream = null;
        try
        {
            _upstream = await settings.Upstream.ConnectAsync();
            return null;
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Answers by itself, and closes: what the client still sends is read for a moment, since a reset would take the answer from it.</summary>
    private async Task RefuseAsync(int status, string reason)
    {
        try
        {
            await WriteRefusalAsync(status, reason);
            await client.EndSendingAsync();
            var rest = DrainAsync();
            await rest.WaitAsync(LingerTimeout, settings.Time);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or TimeoutException)
        {
            // It does not listen.
        }
    }

    private async Task WriteRefusalAsync(int status, string reason)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"message":"{{System.Text.Json.JsonEncodedText.Encode(reason)}}"}""" + "\n");
        var head = $"HTTP/1.1 {status} {ReasonPhrase(status)}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\nX-Domesday-Proxy: refused\r\n\r\n";
        try
        {
            await client.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body]);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // It does not listen.
        }
    }

    private async Task DrainAsync()
    {
        try
        {
            while (await client.Input.FillAsync()) client.Input.Advance(client.Input.Available.Length);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // It is gone.
        }
    }

    private static string ReasonPhrase(int status) => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);
}
