using System.Globalization;
using System.Text;
using System.Text.Json;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>What Palette's clients push to a receiver: objects with <c>refUid</c> and <c>timestamp</c>, handed over as they are.</summary>
internal static class DataSinkPayload
{
    private const int ItemsMax = 1_000;

    public static Result<IReadOnlyList<SinkEvent>> Read(IReadOnlyList<JsonElement>? payload, DateTimeOffset now)
    {
        if (payload is not { Count: > 0 and <= ItemsMax }) return new Problem(ProblemKind.Invalid, $"must have 1 to {ItemsMax} items", "payload");
        var events = new List<SinkEvent>(payload.Count);
        for (var i = 0; i < payload.Count; i++)
        {
            var item = payload[i];
            if (item.ValueKind != JsonValueKind.Object) return new Problem(ProblemKind.Invalid, "must be an object", string.Create(CultureInfo.InvariantCulture, $"payload[{i}]"));
            var time = Text(item, "timestamp") is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : now;
            events.Add(new(i, Text(item, "refUid") ?? "", Timestamp.FromDateTimeOffset(time), Encoding.UTF8.GetBytes(item.GetRawText())));
        }
        return events;
    }

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
