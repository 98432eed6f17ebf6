using System.Text;
using System.Text.Json.Nodes;
using Domesday.Ingest.OtlpLogs;
using Google.Protobuf;

namespace Domesday.Ingest.Tests.OtlpLogs;

/// <summary>What Google's own library writes is read as it was meant.</summary>
public class WireTranscoderTests
{
    private static JsonNode? Transcoded(byte[] request) => WireTranscoder.TryTranscode(request, int.MaxValue) is { } json ? JsonNode.Parse(json.Span) : null;

    private static JsonNode Record(Action<CodedOutputStream> write) => Transcoded(OtlpRequest.WithRecord(OtlpRequest.Message(write)))!["resourceLogs"]![0]!["scopeLogs"]![0]!["logRecords"]![0]!;

    [Fact]
    public void Every_kind_of_value_is_written_as_the_specification_says()
    {
        var record = Record(output =>
        {
            output.WriteTag(1, WireFormat.WireType.Fixed64);
            output.WriteFixed64(ulong.MaxValue);
            output.WriteTag(8, WireFormat.WireType.Fixed32);
            output.WriteFixed32(uint.MaxValue);
            output.WriteTag(9, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(0xAB, 0x01));
            output.Nested(6, OtlpRequest.Attribute("int", OtlpRequest.Message(value =>
            {
                value.WriteTag(3, WireFormat.WireType.Varint);
                value.WriteInt64(long.MinValue);
            })));
            output.Nested(6, OtlpRequest.Attribute("false", OtlpRequest.Message(value =>
            {
                value.WriteTag(2, WireFormat.WireType.Varint);
                value.WriteBool(false);
            })));
            output.Nested(6, OtlpRequest.Attribute("bytes", OtlpRequest.Message(value =>
            {
                value.WriteTag(7, WireFormat.WireType.LengthDelimited);
                value.WriteBytes(ByteString.CopyFrom(1, 2));
            })));
            foreach (var number in new[] { 0.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity })
            {
                output.Nested(6, OtlpRequest.Attribute("double", OtlpRequest.Message(value =>
                {
                    value.WriteTag(4, WireFormat.WireType.Fixed64);
                    value.WriteDouble(number);
                })));
            }
            output.Nested(6, OtlpRequest.Attribute("empty", OtlpRequest.Message(value => value.Text(1, ""))));
            output.WriteTag(1_000, WireFormat.WireType.Varint);
            output.WriteInt32(1);
        });
        Assert.Equal(
            """{"timeUnixNano":"18446744073709551615","attributes":[{"key":"int","value":{"intValue":"-9223372036854775808"}},{"key":"false","value":{"boolValue":false}},{"key":"bytes","value":{"bytesValue":"AQI="}},{"key":"double","value":{"doubleValue":0.5}},{"key":"double","value":{"doubleValue":"NaN"}},{"key":"double","value":{"doubleValue":"Infinity"}},{"key":"double","value":{"doubleValue":"-Infinity"}},{"key":"empty","value":{"stringValue":""}}],"flags":4294967295,"traceId":"ab01"}""",
            record.ToJsonString());
    }

    [Fact]
    public void Fields_may_come_in_any_order_and_the_last_one_counts()
    {
        var record = Record(output =>
        {
            output.Text(12, "first");
            output.Nested(6, OtlpRequest.Attribute("a", []));
            output.Text(12, "last");
            output.Nested(6, OtlpRequest.Attribute("b", []));
        });
        Assert.Equal("""{"eventName":"last","attributes":[{"key":"a","value":{}},{"key":"b","value":{}}]}""", record.ToJsonString());
    }

    [Fact]
    public void Text_that_is_not_UTF8_and_endless_nesting_are_refused()
    {
        Assert.Null(Transcoded(OtlpRequest.WithRecord([0x62, 0x01, 0xFF])));
        var value = Array.Empty<byte>();
        for (var depth = 0; depth < 60; depth++) value = OtlpRequest.Message(output => output.Nested(5, OtlpRequest.Message(array => array.Nested(1, value))));
        Assert.Null(Transcoded(OtlpRequest.WithRecord(OtlpRequest.Message(record => record.Nested(5, value)))));
    }

    [Theory]
    [InlineData("08")]
    [InlineData("0A05AA")]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01")]
    [InlineData("0AFFFFFFFFFFFFFFFFFFFF")]
    [InlineData("0B")]
    [InlineData("00")]
    [InlineData("0F")]
    [InlineData("09AABB")]
    public void What_is_no_message_is_refused(string hex) => Assert.Null(Transcoded(Convert.FromHexString(hex)));

    [Fact]
    public void A_recorded_request_keeps_every_text()
    {
        var json = Transcoded(OtlpRequest.Unzipped(OtlpRequest.Fixture("js-exporter-proto-0.223.bin.gz")))!.ToJsonString();
        foreach (var text in new[] { "svc-proto", "audit", "1.0", "INFO", "login 2", "user.login", "user.id", "kvlistValue", "\"intValue\":\"2\"" }) Assert.Contains(text, json, StringComparison.Ordinal);
        Assert.Equal(json.Length, Encoding.UTF8.GetByteCount(json));
    }
}
