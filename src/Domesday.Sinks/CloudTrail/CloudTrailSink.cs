using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Events.Schema;
using Domesday.Sinks.Aws;

namespace Domesday.Sinks.CloudTrail;

/// <summary>PutAuditEvents: 100 events or 1 MB at once, and an answer for each of them.</summary>
/// <remarks>Source: AWS, CloudTrail Data Service API Reference, PutAuditEvents; AWS CloudTrail User Guide, «CloudTrail Lake integrations event schema».</remarks>
internal sealed class CloudTrailSink(CloudTrailOptions options, SinkContext context) : ISink
{
    private const int EventsMax = 100;
    private const int BytesMax = 1_000_000;
    private const int EventOverheadBytes = 256;

    /// <summary>Failures of single events that pass.</summary>
    private static readonly string[] Passing = ["InternalServiceError", "InternalFailure", "ThrottlingException", "ServiceUnavailable"];

    private readonly AwsCaller _aws = new("cloudtrail-data", options.Aws, context);

    // Quotes of the event are escaped once more in the body: half is left for that.
    public SinkLimits Limits => new(EventsMax, BytesMax / 2, BytesMax / 4) { OverheadBytes = EventOverheadBytes };

    public RecordWriter Write => WriteData;

    public async ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        var query = new Dictionary<string, string> { ["channelArn"] = options.ChannelArn };
        if (options.ExternalId is { } external) query["externalId"] = external;
        var answer = await _aws.PostAsync("/PutAuditEvents", query, new Dictionary<string, string> { ["Content-Type"] = "application/json" }, Body(events), cancellation);
        return answer.Code is null ? Read(answer.Http.Text, events) : answer.ToDelivery();
    }

    public ValueTask DisposeAsync()
    {
        _aws.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Letters, digits, hyphens and underscores, 1 to 128: the same whenever the event is sent.</summary>
    private string IdOf(long sequence) => string.Create(CultureInfo.InvariantCulture, $"{context.Tenant}-{sequence}");

    private byte[] Body(IReadOnlyList<SinkEvent> events)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartArray("auditEvents"u8);
            foreach (var one in events)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, IdOf(one.Sequence));
                json.WriteString("eventData"u8, one.Payload.Span);
                json.WriteString("eventDataChecksum"u8, Convert.ToBase64String(SHA256.HashData(one.Payload.Span)));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return body.ToArray();
    }

    private void WriteData(EntryFields entry, RecordJson json)
    {
        json.OpenObject();
        json.Member("version"u8, "1.0");
        json.Name("userIdentity"u8);
        json.OpenObject();
        json.Member("type"u8, entry.Has(EventField.ActorType) ? entry.Raw(EventField.ActorType) : "unknown"u8);
        json.Member("principalId"u8, entry.Has(EventField.ActorId) || entry.Has(EventField.ActorName) ? entry.Raw(EventField.ActorId, EventField.ActorName) : "unknown"u8);
        json.Name("details"u8);
        json.OpenObject();
        json.Optional("name"u8, entry.Raw(EventField.ActorName));
        json.CloseObject();
        json.CloseObject();
        json.Optional("userAgent"u8, entry.Raw(EventField.SourceUserAgent));
        json.Member("eventSource"u8, entry.Text(EventField.Service) ?? "domesday");
        json.Member("eventName"u8, entry.Raw(EventField.Operation, EventField.Action));
        json.Member("eventTime"u8, entry.Time.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.Member("UID"u8, IdOf(entry.Sequence));
        json.Optional("sourceIPAddress"u8, entry.Raw(EventField.SourceIp));
        json.Member("recipientAccountId"u8, options.AccountId);
        if (entry.Is(EventField.OutcomeResult, "failure"u8))
        {
            json.Member("errorCode"u8, entry.Text(EventField.OutcomeStatus) ?? "failure");
            json.Optional("errorMessage"u8, entry.Raw(EventField.OutcomeReason));
        }
        json.Name("additionalEventData"u8);
        json.OpenObject();
        json.Name("event"u8);
        context.Format(entry, json);
        json.CloseObject();
        json.CloseObject();
    }

    private Delivery Read(string text, IReadOnlyList<SinkEvent> events)
    {
        using var json = JsonDocument.Parse(text);
        var index = events.Index().ToDictionary(one => IdOf(one.Item.Sequence), one => one.Index, StringComparer.Ordinal);
        var there = Ids(json, "successful").Select(one => one.Id).ToHashSet(StringComparer.Ordinal);
        var failed = Ids(json, "failed").ToList();
        var rejected = failed.Where(one => index.ContainsKey(one.Id) && !Passing.Contains(one.Code)).Select(one => new Rejection(index[one.Id], $"{one.Code}: {one.Message}")).ToList();
        var settled = rejected.Select(rejection => rejection.Index).ToHashSet();
        // An event that the answer does not name is not there.
        var again = index.Where(one => !there.Contains(one.Key) && !settled.Contains(one.Value)).Select(one => one.Value).Order().ToList();
        if (failed.Count > 0) CloudTrailLog.Failed(context.Logger, context.Id, failed.Count, events.Count);
        return again.Count == 0 ? Delivery.Accepted(rejected) : Delivery.Partly(rejected, again, failed.Count > 0 ? $"{failed[^1].Code}: {failed[^1].Message}" : "The answer does not name every event.");
    }

    private static IEnumerable<(string Id, string Code, string Message)> Ids(JsonDocument json, string list)
    {
        if (!json.RootElement.TryGetProperty(list, out var items) || items.ValueKind != JsonValueKind.Array) yield break;
        foreach (var item in items.EnumerateArray()) yield return (Text(item, "id"), Text(item, "errorCode"), Text(item, "errorMessage"));
    }

    private static string Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.ToString() : "";
}
