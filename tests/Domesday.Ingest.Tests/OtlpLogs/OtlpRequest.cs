using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;

namespace Domesday.Ingest.Tests.OtlpLogs;

/// <summary>OTLP requests: what real exporters sent, and ones made with Google's own writer of protobuf.</summary>
internal static class OtlpRequest
{
    public static byte[] Fixture(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "OtlpLogs", "fixtures", name));

    public static ByteArrayContent Json(string text) => Json(Encoding.UTF8.GetBytes(text));

    public static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new("application/json") } };

    public static ByteArrayContent Protobuf(byte[] body, string? encoding = null)
    {
        var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-protobuf") } };
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return content;
    }

    public static byte[] Unzipped(byte[] zipped)
    {
        using var gzip = new GZipStream(new MemoryStream(zipped), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }

    /// <summary>A request with these records under one resource and scope.</summary>
    public static string Of(params string[] records) =>
        $$$"""{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"audit"},"logRecords":[{{{string.Join(',', records)}}}]}]}]}""";

    /// <summary>A message of protobuf.</summary>
    public static byte[] Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes)) write(output);
        return bytes.ToArray();
    }

    public static void Nested(this CodedOutputStream output, int field, byte[] message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(message));
    }

    public static void Text(this CodedOutputStream output, int field, string text)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
    }

    public static byte[] Attribute(string key, byte[] value) => Message(output =>
    {
        output.Text(1, key);
        output.Nested(2, value);
    });

    /// <summary>A request in protobuf with one record.</summary>
    public static byte[] WithRecord(byte[] record) => Message(request => request.Nested(1, Message(ofResource => ofResource.Nested(2, Message(ofScope => ofScope.Nested(2, record))))));
}
