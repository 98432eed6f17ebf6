using System.Globalization;
using System.Text;
using System.Text.Json;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.SplunkHec;

/// <summary>Splunk's HTTP Event Collector, with indexer acknowledgement where it is asked for: an event counts when the indexers have it.</summary>
/// <remarks>Source: Splunk, «Format events for HTTP Event Collector», «About HTTP Event Collector Indexer Acknowledgment», «HTTP Event Collector error codes».</remarks>
internal sealed class SplunkHecSink(SplunkHecOptions options, SinkContext context) : ISink
{
    private const int EventsMax = 1_000;
    private const int BytesMax = 900 * 1024;
    private const long MicrosecondsPerSecond = 1_000_000;

    /// <summary>«Invalid data format»: with the number of the event that is wrong; those before it were taken.</summary>
    private const int InvalidFormat = 6;

    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromSeconds(1);

    private readonly HttpReceiver _http = new(context.Time, options.Trust);
    private readonly string _channel = Guid.CreateVersion7(context.Time.GetUtcNow()).ToString();

    public SinkLimits Limits => new(EventsMax, BytesMax, BytesMax);

    public RecordWriter Write => WriteEvent;

    public async ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        foreach (var one in events) body.Write(one.Payload.Span);
        var answer = await PostAsync("/services/collector/event", body.ToArray(), cancellation);
        if (!answer.IsSuccess) return Refusal(answer, events.Count);
        if (!options.IsAcknowledged) return Delivery.Accepted(answer.Sentence);
        if (Number(answer.Text, "ackId") is not { } acknowledgement) return Delivery.Later("The collector gave no acknowledgement id: indexer acknowledgement is not enabled for the token.");
        await AcknowledgedAsync(acknowledgement, cancellation);
        return Delivery.Accepted("acknowledged by the indexers");
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private void WriteEvent(EntryFields entry, RecordJson json)
    {
        var time = entry.Time.Microseconds;
        json.OpenObject();
        json.Name("time"u8);
        json.Raw(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{time / MicrosecondsPerSecond}.{time % MicrosecondsPerSecond:D6}")));
        json.Member("host"u8, options.Host);
        json.Member("source"u8, options.Source);
        json.Member("sourcetype"u8, options.SourceType);
        json.Optional("index"u8, options.Index);
        json.Name("event"u8);
        context.Format(entry, json);
        json.CloseObject();
    }

    /// <summary>Asks until the indexers have the events; the loop limits how long.</summary>
    private async ValueTask AcknowledgedAsync(long acknowledgement, CancellationToken cancellation)
    {
        var question = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"acks\":[{acknowledgement}]}}"));
        while (true)
        {
            var answer = await PostAsync($"/services/collector/ack?channel={_channel}", question, cancellation);
            if (!answer.IsSuccess) throw new HttpRequestException($"The collector did not tell of acknowledgements: {answer.Sentence}");
            using var json = JsonDocument.Parse(answer.Text);
            if (json.RootElement.TryGetProperty("acks", out var acks) && acks.TryGetProperty(acknowledgement.ToString(CultureInfo.InvariantCulture), out var isThere) && isThere.ValueKind == JsonValueKind.True) break;
            await Task.Delay(BetweenQuestions, context.Time, cancellation);
        }
        SplunkHecLog.Acknowledged(context.Logger, context.Id, acknowledgement);
    }

    private async ValueTask<HttpAnswer> PostAsync(string path, byte[] body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Url, path)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        request.Headers.TryAddWithoutValidation("Authorization", "Splunk " + options.Token);
        if (options.IsAcknowledged) request.Headers.TryAddWithoutValidation("X-Splunk-Request-Channel", _channel);
        return await _http.SendAsync(request, cancellation);
    }

    private static Delivery Refusal(HttpAnswer answer, int count)
    {
        if (Number(answer.Text, "code") == InvalidFormat && Number(answer.Text, "invalid-event-number") is { } bad && bad >= 0 && bad < count)
            return Delivery.Partly([new((int)bad, answer.Sentence)], [.. Enumerable.Range((int)bad + 1, count - (int)bad - 1)], answer.Sentence);
        return answer.ToDelivery();
    }

    private static long? Number(string text, string name)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
