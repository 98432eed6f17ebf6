using Domesday.Capture.Recording;
using Domesday.Proxy.Transport;
using Domesday.Proxy.Wire;

namespace Domesday.Proxy.Sessions;

/// <summary>How an exchange left its connections.</summary>
internal enum ExchangeEnd
{
    /// <summary>For the next request.</summary>
    Reusable,

    /// <summary>To be closed.</summary>
    Closed,

    /// <summary>Nothing was answered: the session does.</summary>
    Refused,
}

/// <summary>One request and its answer. The answer passes when the request is recorded, not before.</summary>
internal sealed class Exchange(WireConnection client, WireConnection upstream, MessageHead request, BodyFraming framing, RequestRecording? recording, SessionSettings settings) : IDisposable
{
    /// <summary>Client closed its request: as nginx numbers it.</summary>
    private const int ClientClosed = 499;

    private Task _requestBody = Task.CompletedTask;
    private volatile Exception? _requestFault;
    private volatile bool _hasWholeRequest, _isClientGone;
    private bool _isRecorded, _isAnswering;

    public int RefusalStatus { get; private set; }

    public string Refusal { get; private set; } = "";

    /// <param name="head">As the upstream gets it.</param>
    public async Task<ExchangeEnd> RunAsync(ReadOnlyMemory<byte> head)
    {
        try
        {
            await upstream.WriteAsync(head);
            _requestBody = PassRequestBodyAsync();
            var response = await ResponseAsync();
            return response is null ? await UpstreamEndedAsync() : await AnswerAsync(response);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or RelayBrokenException or WireException)
        {
            return await BrokenAsync(exception);
        }
    }

    public void Dispose()
    {
        // Whoever still passes the request's body writes to the recording.
        if (_requestBody.IsCompleted) recording?.Dispose();
    }

    private async Task PassRequestBodyAsync()
    {
        try
        {
            var scanner = new BodyScanner(framing, recording?.RequestBody);
            await Relay.BodyAsync(client, upstream, scanner, recording?.RequestBody, isUp: true, settings.Counters);
            _hasWholeRequest = true;
            WatchClient();
        }
        catch (RelayBrokenException)
        {
            // An upstream that takes no more may have said why: its answer is read first.
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or WireException)
        {
            // The request ends in the middle, and the upstream must not take it for whole. Why is known before it can answer to that.
            _requestFault = exception;
            upstream.Abort();
            throw;
        }
    }

    /// <summary>A client that ends, or is gone, while it waits for the answer: the upstream is told, and decides.</summary>
    private void WatchClient()
    {
        if (client.Input.Available.IsEmpty) _ = PassOnEndAsync();
    }

    private async Task PassOnEndAsync()
    {
        try
        {
            if (await client.Input.WatchAsync()) return;
            _isClientGone = true;
            await upstream.EndSendingAsync();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            _isClientGone = true;
            upstream.Abort();
        }
    }

    /// <returns>The final head, or that of a change of protocols; null when the upstream ended without one.</returns>
    private async Task<MessageHead?> ResponseAsync()
    {
        while (true)
        {
            var length = await upstream.Input.HeadAsync();
            if (length == 0) return null;
            var response = HeadParser.Response(upstream.Input.Available.Span[..length]);
            upstream.Input.Advance(length);
            if (response.Status == 101 && request.Count("Upgrade") == 0) throw new WireException(502, "The upstream changed the protocol, which nobody asked for.");
            if (response.Status >= 200 || response.Status == 101) return response;
            // Informational answers (100, 103) pass at once.
            await ToClientAsync(response.Bytes);
        }
    }

    private async Task<ExchangeEnd> AnswerAsync(MessageHead response)
    {
        var body = BodyFraming.OfResponse(response, request.Method);
        var scanner = new BodyScanner(body, null);
        using var held = recording is not null && IsHeld(response, body) ? await HeldAnswer.ReadAsync(upstream, body) : null;
        if (recording is not null)
        {
            _isRecorded = true;
            if (!await recording.EndAsync(response.Status, held?.Body ?? default))
            {
                (RefusalStatus, Refusal) = (503, "The request was carried out, but its outcome could not be recorded.");
                return ExchangeEnd.Refused;
            }
        }
        _isAnswering = true;
        await ToClientAsync(response.Bytes);
        if (response.Status == 101 || body.Kind == BodyKind.UntilClose && IsRawStream(response)) return await TunnelAsync();
        if (held is not null)
        {
            await ToClientAsync(held.Raw);
            scanner.Take(held.Raw.Span);
        }
        await Relay.BodyAsync(upstream, client, scanner, null, isUp: false, settings.Counters);
        return await FinishAsync(response, body);
    }

    /// <summary>Docker's own streams hold bare JSON, so only answers to creations are held back, and only those that a server writes in one go.</summary>
    private bool IsHeld(MessageHead response, BodyFraming body) => recording!.WantsAnswer(response.Status)
        && (body.Kind == BodyKind.Length && body.Length <= RequestRecording.AnswerBytesMax || body.Kind == BodyKind.Chunked && settings.HoldsChunked)
        && response.Field("Content-Type")?.Contains("json", StringComparison.OrdinalIgnoreCase) == true && response.Count("Content-Encoding") == 0;

    /// <summary>Docker before 1.24 clients, and curl: no upgrade was asked for, and the stream begins all the same.</summary>
    private bool IsRawStream(MessageHead response) => settings.IsDocker && request.Method == "POST"
        && response.Field("Content-Type")?.StartsWith("application/vnd.docker.", StringComparison.OrdinalIgnoreCase) == true;

    private async Task<ExchangeEnd> TunnelAsync()
    {
        await _requestBody;
        await Relay.TunnelAsync(client, upstream, settings.Counters, settings.Time, settings.HalfClosedTimeout);
        return ExchangeEnd.Closed;
    }

    private async Task<ExchangeEnd> FinishAsync(MessageHead response, BodyFraming body)
    {
        var isLast = body.Kind == BodyKind.UntilClose || IsLast(request) || IsLast(response);
        if (!_requestBody.IsCompleted)
        {
            // The rest of a body that nobody waits for: a client that was told to go on sends it, one that was refused does not.
            if (isLast || request.HasElement("Expect", "100-continue"))
            {
                await client.EndSendingAsync();
                return ExchangeEnd.Closed;
            }
            await _requestBody;
        }
        // Where the upstream took only a part of the body, what the client still sends of it is no next request.
        if (!isLast && _hasWholeRequest) return ExchangeEnd.Reusable;
        await client.EndSendingAsync();
        return ExchangeEnd.Closed;
    }

    private static bool IsLast(MessageHead head) => head.HasElement("Connection", "close") || head.MinorVersion == 0 && !head.HasElement("Connection", "keep-alive");

    private async Task<ExchangeEnd> UpstreamEndedAsync() =>
        await BrokenAsync(_requestFault ?? new EndOfStreamException("It closed the connection without an answer."));

    /// <summary>Records what came of it. Where the client has seen nothing of an answer yet, it is told; where it has, its connection breaks off too.</summary>
    private async Task<ExchangeEnd> BrokenAsync(Exception exception)
    {
        upstream.Abort();
        var (status, reason) = (_requestFault, exception) switch
        {
            (WireException fault, _) => (fault.Status, fault.Message),
            ({ }, _) or (_, RelayBrokenException) => (ClientClosed, "The client broke off."),
            (_, WireException fault) => (502, $"The upstream's answer is not understood: {fault.Message}"),
            // It learnt that nobody waits any more, and stopped.
            _ when _isClientGone => (ClientClosed, "The client broke off."),
            _ => (502, $"The upstream broke off: {exception.Message}"),
        };
        if (status == 502) settings.Counters.UpstreamFailed();
        await RecordAsync(status, reason);
        if (_isAnswering || status == ClientClosed && !_isClientGone) throw new IOException(reason, exception);
        // A client that only said all that it had to say may still read.
        (RefusalStatus, Refusal) = (status == ClientClosed ? 502 : status, reason);
        return ExchangeEnd.Refused;
    }

    private async Task ToClientAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await client.WriteAsync(bytes);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw new RelayBrokenException(exception);
        }
    }

    private async Task RecordAsync(int status, string reason)
    {
        if (_isRecorded || recording is null) return;
        _isRecorded = true;
        await recording.BreakAsync(status, reason);
    }
}
