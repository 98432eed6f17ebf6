using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Http.Streaming;

namespace Domesday.Ingest.OtlpLogs;

/// <summary>Splits a request into requests of one record each, so that a bad record does not spoil its neighbours and can be kept and replayed on its own.</summary>
internal static class OtlpBatch
{
    /// <summary>Every record carries its resource and scope, which are sent once for many: a bound on what that multiplies.</summary>
    private const int GrowthMax = 8;

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = EventLimits.DepthMax * 8 };

    /// <param name="body">An ExportLogsServiceRequest in JSON.</param>
    /// <returns>Each one such a request with one record; <see cref="ProblemKind.Invalid"/> for what is none, <see cref="ProblemKind.TooLarge"/> for too much.</returns>
    public static Result<List<ReadOnlyMemory<byte>>> Split(ReadOnlyMemory<byte> body, int recordsMax, int bytesMax)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Deep);
            var split = new Splitting(recordsMax, Math.Max(64 * 1024, (long)bytesMax * GrowthMax));
            return split.Add(document.RootElement) is { } problem ? problem : split.Items();
        }
        catch (JsonException exception)
        {
            return Refuse("", EventParser.NotJson(exception));
        }
        catch (InvalidOperationException)
        {
            return Refuse("", "has a name that is not valid UTF-8, or half of a surrogate pair");
        }
    }

    private static Problem Refuse(string field, string reason) =>
        new(ProblemKind.Invalid, "The body is not an ExportLogsServiceRequest.") { Faults = [new(null, field, reason)] };

    private sealed class Splitting(int recordsMax, long bytesMax)
    {
        private readonly ArrayBufferWriter<byte> _output = new(4_096);
        private readonly List<int> _ends = [];

        public Problem? Add(JsonElement request)
        {
            if (request.ValueKind != JsonValueKind.Object) return Refuse("", "must be an object");
            using var json = new Utf8JsonWriter(_output, WrittenJson.Options);
            foreach (var ofResource in Elements(request, "resourceLogs"))
            {
                if (ofResource.ValueKind != JsonValueKind.Object) return Refuse("resourceLogs", "must be a list of objects");
                foreach (var ofScope in Elements(ofResource, "scopeLogs"))
                {
                    if (ofScope.ValueKind != JsonValueKind.Object) return Refuse("resourceLogs.scopeLogs", "must be a list of objects");
                    foreach (var record in Elements(ofScope, "logRecords"))
                    {
                        Write(json, ofResource, ofScope, record);
                        if (_ends.Count > recordsMax) return TooMany("more records than one request may have");
                        if (_output.WrittenCount > bytesMax) return TooMany("resources and scopes that are too large for so many records");
                    }
                }
            }
            return WrongList(request);
        }

        public List<ReadOnlyMemory<byte>> Items()
        {
            var items = new List<ReadOnlyMemory<byte>>(_ends.Count);
            for (var i = 0; i < _ends.Count; i++) items.Add(_output.WrittenMemory[(i == 0 ? 0 : _ends[i - 1])..(_ends[i])]);
            return items;
        }

        private void Write(Utf8JsonWriter json, JsonElement ofResource, JsonElement ofScope, JsonElement record)
        {
            json.Reset(_output);
            json.WriteStartObject();
            json.WriteStartArray("resourceLogs"u8);
            json.WriteStartObject();
            WriteOthers(json, ofResource, "scopeLogs");
            json.WriteStartArray("scopeLogs"u8);
            json.WriteStartObject();
            WriteOthers(json, ofScope, "logRecords");
            json.WriteStartArray("logRecords"u8);
            json.WriteRawValue(JsonMarshal.GetRawUtf8Value(record), skipInputValidation: true);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.Flush();
            _ends.Add(_output.WrittenCount);
        }

        private static void WriteOthers(Utf8JsonWriter json, JsonElement element, string except)
        {
            foreach (var member in element.EnumerateObject())
            {
                if (member.NameEquals(except)) continue;
                json.WritePropertyName(member.Name);
                json.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
            }
        }

        /// <summary>A request without a record is sound, unless something else stands where its lists should be.</summary>
        private static Problem? WrongList(JsonElement request)
        {
            if (IsWrong(request, "resourceLogs")) return Refuse("resourceLogs", "must be a list");
            foreach (var ofResource in Elements(request, "resourceLogs"))
            {
                if (IsWrong(ofResource, "scopeLogs")) return Refuse("resourceLogs.scopeLogs", "must be a list");
                if (Elements(ofResource, "scopeLogs").Any(ofScope => IsWrong(ofScope, "logRecords"))) return Refuse("resourceLogs.scopeLogs.logRecords", "must be a list");
            }
            return null;
        }

        private static bool IsWrong(JsonElement element, string name) => element.TryGetProperty(name, out var list) && list.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null);

        private static JsonElement.ArrayEnumerator Elements(JsonElement element, string name) =>
            element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;

        private Problem TooMany(string what) => new(ProblemKind.TooLarge, string.Create(CultureInfo.InvariantCulture, $"The body has {what} ({recordsMax} records, {bytesMax} bytes); send it in parts."));
    }
}
