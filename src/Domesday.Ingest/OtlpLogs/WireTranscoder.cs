using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Domesday.Http.Streaming;

namespace Domesday.Ingest.OtlpLogs;

/// <summary>Writes an OTLP request in protobuf as the same request in JSON, so that one mapping serves both.</summary>
/// <remarks>Fields that the schema does not name are left out, as protobuf asks of receivers.</remarks>
internal static class WireTranscoder
{
    /// <summary>Messages within messages; protobuf's own parsers stop at 100.</summary>
    private const int DepthMax = 100;

    /// <summary>JSON takes more room, but no honest request much more.</summary>
    private const int GrowthMax = 16;

    /// <returns>Null when the bytes are no such request.</returns>
    /// <param name="bytesMax">Of the JSON; what would be longer is no request either.</param>
    public static ReadOnlyMemory<byte>? TryTranscode(ReadOnlySpan<byte> request, int bytesMax)
    {
        var output = new ArrayBufferWriter<byte>(request.Length * 2 + 64);
        var limit = Math.Min(bytesMax, (long)request.Length * GrowthMax + 1_024);
        using var json = new Utf8JsonWriter(output, WrittenJson.Options with { MaxDepth = DepthMax * 4 });
        if (!TryMessage(request, WireSchema.Request, json, 0, limit)) return null;
        json.Flush();
        return output.WrittenMemory;
    }

    private static bool TryMessage(ReadOnlySpan<byte> message, WireMessage schema, Utf8JsonWriter json, int depth, long bytesMax)
    {
        if (depth > DepthMax || json.BytesCommitted + json.BytesPending > bytesMax) return false;
        var found = new List<(int Field, WireType Type, ulong Number, Range Bytes)>();
        var reader = new WireReader(message);
        while (reader.Read()) found.Add((reader.Field, reader.Type, reader.Number, reader.Bytes));
        if (reader.IsDamaged) return false;
        json.WriteStartObject();
        foreach (var field in schema.Fields)
        {
            var values = found.FindAll(one => one.Field == field.Number && one.Type == field.Type);
            if (values.Count == 0) continue;
            if (field.Repeated)
            {
                json.WriteStartArray(field.Name);
                foreach (var value in values)
                {
                    if (!TryMessage(message[value.Bytes], field.Message!, json, depth + 1, bytesMax)) return false;
                }
                json.WriteEndArray();
            }
            else if (!TryValue(message[values[^1].Bytes], values[^1].Number, field, json, depth, bytesMax))
            {
                return false;
            }
        }
        json.WriteEndObject();
        return true;
    }

    /// <summary>Of a field that comes several times the last one counts.</summary>
    private static bool TryValue(ReadOnlySpan<byte> bytes, ulong number, WireField field, Utf8JsonWriter json, int depth, long bytesMax)
    {
        if (field.Kind == WireKind.Message)
        {
            json.WritePropertyName(field.Name);
            return TryMessage(bytes, field.Message!, json, depth + 1, bytesMax);
        }
        if (!field.Always && (field.Type == WireType.Bytes ? bytes.IsEmpty : number == 0)) return true;
        if (field.Kind == WireKind.Text && !Utf8.IsValid(bytes)) return false;
        json.WritePropertyName(field.Name);
        switch (field.Kind)
        {
            case WireKind.Text: json.WriteStringValue(bytes); break;
            case WireKind.Hex: json.WriteStringValue(Convert.ToHexStringLower(bytes)); break;
            case WireKind.Base64: json.WriteBase64StringValue(bytes); break;
            case WireKind.Fixed64Text: json.WriteStringValue(number.ToString(CultureInfo.InvariantCulture)); break;
            case WireKind.SignedText: json.WriteStringValue(((long)number).ToString(CultureInfo.InvariantCulture)); break;
            case WireKind.Bool: json.WriteBooleanValue(number != 0); break;
            case WireKind.Double: WriteDouble(BitConverter.UInt64BitsToDouble(number), json); break;
            default: json.WriteNumberValue((uint)number); break;
        }
        return true;
    }

    /// <summary>JSON has no words for these three numbers but as text.</summary>
    private static void WriteDouble(double value, Utf8JsonWriter json)
    {
        if (double.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }
}
