using System.Buffers;
using System.Text;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Domesday.Ingest.OtlpLogs;

/// <summary>What a sender is told, in the encoding in which it asked.</summary>
/// <remarks>Source: OTLP 1.9, «OTLP/HTTP Response»: ExportLogsServiceResponse on success, google.rpc.Status otherwise.</remarks>
internal static class OtlpAnswer
{
    public const string Json = "application/json";

    public const string Protobuf = "application/x-protobuf";

    /// <param name="rejected">Records that are no events.</param>
    public static Task TakenAsync(HttpContext http, bool isJson, int rejected, string message)
    {
        http.Response.StatusCode = StatusCodes.Status200OK;
        return WriteAsync(http, isJson, rejected == 0 ? (json => Empty(json), []) : (json => Partial(json, rejected, message), Nested(1, [.. Number(1, (ulong)rejected), .. Text(2, message)])));
    }

    /// <remarks>Of these, senders try 429 and 503 again, after Retry-After.</remarks>
    public static Task RefusedAsync(HttpContext http, bool isJson, Problem problem)
    {
        http.Response.StatusCode = ProblemResults.StatusOf(problem.Kind);
        if (ProblemResults.WaitOf(problem) is { } wait) http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var reason = problem.Faults is [var first, ..] ? $"{problem.Detail} {(first.Field is { Length: > 0 } field ? field : "It")} {first.Reason}" : problem.Detail;
        var code = CodeOf(problem.Kind);
        return WriteAsync(http, isJson, (json => Status(json, code, reason), [.. Number(1, (ulong)code), .. Text(2, reason)]));
    }

    /// <remarks>Source: google/rpc/code.proto.</remarks>
    private static int CodeOf(ProblemKind kind) => kind switch
    {
        ProblemKind.Invalid => 3,
        ProblemKind.TooLarge or ProblemKind.TooMany => 8,
        ProblemKind.Conflict => 9,
        ProblemKind.Unavailable => 14,
        _ => 13,
    };

    private static async Task WriteAsync(HttpContext http, bool isJson, (Action<Utf8JsonWriter> Json, byte[] Protobuf) answer)
    {
        http.Response.ContentType = isJson ? Json : Protobuf;
        var body = answer.Protobuf;
        if (isJson)
        {
            var output = new ArrayBufferWriter<byte>(256);
            using (var json = new Utf8JsonWriter(output)) answer.Json(json);
            body = output.WrittenSpan.ToArray();
        }
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static void Empty(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteEndObject();
    }

    private static void Partial(Utf8JsonWriter json, int rejected, string message)
    {
        json.WriteStartObject();
        json.WriteStartObject("partialSuccess");
        json.WriteString("rejectedLogRecords", rejected.ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString("errorMessage", message);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Status(Utf8JsonWriter json, int code, string message)
    {
        json.WriteStartObject();
        json.WriteNumber("code", code);
        json.WriteString("message", message);
        json.WriteEndObject();
    }

    private static byte[] Number(int field, ulong value) => [(byte)(field << 3 | (int)WireType.Varint), .. Varint(value)];

    private static byte[] Text(int field, string value) => Nested(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Nested(int field, byte[] value) => [(byte)(field << 3 | (int)WireType.Bytes), .. Varint((ulong)value.Length), .. value];

    private static IEnumerable<byte> Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
