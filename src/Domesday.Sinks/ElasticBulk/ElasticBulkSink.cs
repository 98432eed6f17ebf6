using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.ElasticBulk;

/// <summary>The bulk API: each event is created under an id made of tenant and sequence, so that one that is sent twice is there once; the answer says of each what became of it.</summary>
/// <remarks>Source: Elasticsearch, «Bulk API»; OpenSearch's is the same.</remarks>
internal sealed class ElasticBulkSink(ElasticBulkOptions options, SinkContext context) : ISink
{
    private const int EventsMax = 5_000;
    private const int BytesMax = 5 * 1024 * 1024;
    private const int ActionBytesMax = 512;
    private const int AnswerBytesMax = 8 * 1024 * 1024;
    private const int Conflict = 409;
    private const int TooMany = 429;

    /// <summary>The digits of a sequence, and what closes the line.</summary>
    private const int IdBytes = 32;

    /// <summary>The line before each event, up to the sequence: the same for all.</summary>
    private readonly byte[] _action = Encoding.UTF8.GetBytes($$$"""{"create":{"_index":"{{{JsonEncodedText.Encode(options.Index)}}}","_id":"{{{JsonEncodedText.Encode(context.Tenant)}}}-""");

    private readonly HttpReceiver _http = new(context.Time, options.Trust);

    public SinkLimits Limits => new(EventsMax, BytesMax, BytesMax - ActionBytesMax) { OverheadBytes = ActionBytesMax };

    public RecordWriter Write => context.Format;

    public async ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Bulk) { Content = new ByteArrayContent(Body(events)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        if (options.Authorization is { } authorization) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        var answer = await _http.SendAsync(request, cancellation, AnswerBytesMax);
        return answer.IsSuccess ? Read(answer, events.Count) : answer.ToDelivery();
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private byte[] Body(IReadOnlyList<SinkEvent> events)
    {
        using var body = new MemoryStream(events.Sum(one => one.Payload.Length + _action.Length + IdBytes));
        Span<byte> sequence = stackalloc byte[IdBytes];
        foreach (var one in events)
        {
            body.Write(_action);
            one.Sequence.TryFormat(sequence, out var length, default, CultureInfo.InvariantCulture);
            body.Write(sequence[..length]);
            body.Write("\"}}\n"u8);
            body.Write(one.Payload.Span);
            body.WriteByte((byte)'\n');
        }
        return body.ToArray();
    }

    private Delivery Read(HttpAnswer answer, int count)
    {
        using var json = JsonDocument.Parse(answer.Text);
        if (!json.RootElement.TryGetProperty("items", out var items) || items.GetArrayLength() != count) return Delivery.Later($"The answer does not tell of each event: {answer.Sentence}");
        var (rejected, again, index, reason) = (new List<Rejection>(), new List<int>(), 0, "");
        foreach (var item in items.EnumerateArray())
        {
            var result = item.EnumerateObject().First().Value;
            var status = result.GetProperty("status").GetInt32();
            // It is there already: sent before, and the answer was lost.
            if (status is >= 300 and not Conflict)
            {
                reason = Reason(result, status);
                if (status is TooMany or >= 500) again.Add(index);
                else rejected.Add(new(index, reason));
            }
            index++;
        }
        if (rejected.Count + again.Count > 0) ElasticBulkLog.Answered(context.Logger, context.Id, count, rejected.Count, again.Count);
        return again.Count == 0 ? Delivery.Accepted(rejected) : Delivery.Partly(rejected, again, reason);
    }

    private static string Reason(JsonElement result, int status)
    {
        if (!result.TryGetProperty("error", out var error)) return string.Create(CultureInfo.InvariantCulture, $"status {status}");
        if (error.ValueKind != JsonValueKind.Object) return error.ToString();
        return $"{Text(error, "type")}: {Text(error, "reason")}";
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.ToString() : null;
}
