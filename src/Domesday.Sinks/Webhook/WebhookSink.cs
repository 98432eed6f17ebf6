using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.Webhook;

/// <summary>Posts batches of events as JSON, signed; or messages in the forms of Slack, PagerDuty and Opsgenie.</summary>
internal sealed class WebhookSink(WebhookOptions options, SinkContext context) : ISink, IFileReceiver
{
    /// <summary>Holds the time and the signature: <c>t=1771020000,v1=…</c>.</summary>
    public const string SignatureHeader = "Domesday-Signature";

    /// <summary>The same whenever a batch is sent again.</summary>
    public const string DeliveryHeader = "Domesday-Delivery";

    private const int SlackLinesMax = 30;
    private const int SlackBytesMax = 30_000;
    private const int BytesMax = 1024 * 1024;
    private const int EventsMax = 500;

    private readonly HttpReceiver _http = new(context.Time, options.Trust);
    private readonly WebhookTemplate _template = WebhookTemplate.Of(options, context.Format);

    public SinkLimits Limits => options.Template switch
    {
        WebhookOptions.Events => new(EventsMax, BytesMax, BytesMax) { OverheadBytes = 1 },
        WebhookOptions.Slack => new(SlackLinesMax, SlackBytesMax, SlackBytesMax) { OverheadBytes = 2 },
        _ => new(1, BytesMax, BytesMax),
    };

    public RecordWriter Write => _template.Write;

    public ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        var body = _template.Compose(events);
        return PostAsync(string.Create(CultureInfo.InvariantCulture, $"{context.Id}-{events[0].Sequence}-{events[^1].Sequence}"), body, new ByteArrayContent(body), "application/json", cancellation);
    }

    public async ValueTask<Delivery> DeliverFileAsync(SinkFile file, CancellationToken cancellation)
    {
        if (options.Template is not (WebhookOptions.Events or WebhookOptions.Event)) return Delivery.Refused($"What is posted as {options.Template} wants it has no place for a file.");
        var (body, content) = (file.Content.ToArray(), new ReadOnlyMemoryContent(file.Content));
        content.Headers.ContentDisposition = new("attachment") { FileName = file.Name };
        return await PostAsync(file.Id, body, content, file.MediaType, cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<Delivery> PostAsync(string delivery, byte[] body, HttpContent content, string mediaType, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = content };
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType) { CharSet = "utf-8" };
        request.Headers.TryAddWithoutValidation("User-Agent", "domesday");
        request.Headers.TryAddWithoutValidation(DeliveryHeader, delivery);
        foreach (var (name, value) in options.Headers) request.Headers.TryAddWithoutValidation(name, value);
        if (options.Authorization is { } authorization) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        else if (options.Template == WebhookOptions.Opsgenie) request.Headers.TryAddWithoutValidation("Authorization", "GenieKey " + options.Key);
        if (options.Secret is { } secret) request.Headers.TryAddWithoutValidation(SignatureHeader, Signature(secret, context.Time.GetUtcNow().ToUnixTimeSeconds(), body));
        var answer = await _http.SendAsync(request, cancellation);
        if (!answer.IsSuccess) WebhookLog.NotTaken(context.Logger, context.Id, (int)answer.Status);
        return answer.ToDelivery();
    }

    /// <summary>HMAC-SHA256 over the time, a dot and the body: a receiver refuses what is old, so that nobody can send a body again.</summary>
    internal static string Signature(string secret, long seconds, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seconds}.")));
        hash.AppendData(body);
        return string.Create(CultureInfo.InvariantCulture, $"t={seconds},v1={Convert.ToHexStringLower(hash.GetHashAndReset())}");
    }
}
