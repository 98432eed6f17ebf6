using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Http.PlugIns;
using Google.Protobuf;

namespace Domesday.Ingest.Tests.OtlpLogs;

/// <summary>What OpenTelemetry's exporters send is found again, whole.</summary>
public class OtlpLogsTests
{
    private const string Path = "/v1/logs";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<IReadOnlyList<AuditEvent>> StoredAsync(HttpContent body, string path = Path)
    {
        await using var host = await IngestHost.StartAsync();
        using var response = await host.Client.PostAsync(path, body, Cancellation);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Empty(await host.QuarantineAsync());
        return await host.EventsAsync();
    }

    private static async Task<AuditEvent> OneAsync(string record) => Assert.Single(await StoredAsync(OtlpRequest.Json(OtlpRequest.Of(record))));

    private static string Record(params (string Key, string Value)[] attributes) =>
        $$"""{"timeUnixNano":"1795170877758123456","attributes":[{{string.Join(',', attributes.Select(Attribute))}}]}""";

    private static string Attribute((string Key, string Value) one) => $$$"""{"key":"{{{one.Key}}}","value":{"stringValue":"{{{one.Value}}}"}}""";

    [Fact]
    public async Task What_the_JavaScript_exporters_send_becomes_the_same_events_in_both_encodings()
    {
        var json = await StoredAsync(OtlpRequest.Json(OtlpRequest.Fixture("js-exporter-http-0.223.json")));
        var protobuf = await StoredAsync(OtlpRequest.Protobuf(OtlpRequest.Fixture("js-exporter-proto-0.223.bin.gz"), "gzip"), "/ingest/otlp/v1/logs");
        foreach (var (stored, service) in new[] { (json, "svc-json"), (protobuf, "svc-proto") })
        {
            Assert.Equal(3, stored.Count);
            Assert.Equal(["u0", "u1", "u2"], stored.Select(one => one.Actor!.Id));
            Assert.All(stored, one => Assert.Equal((service, "login", "user.login", OutcomeResult.Success, "otlp"), (one.Service, one.Action, one.Operation, one.Outcome!.Result, one.SourceKind)));
            Assert.Equal("INFO", stored[0].Labels!["severity"]);
            Assert.Equal("login 0", stored[0].Raw!.Value.GetProperty("body").GetProperty("stringValue").GetString());
            Assert.Equal("nested", stored[0].Raw!.Value.GetProperty("attributes")[0].GetProperty("key").GetString());
        }
        Assert.Equal("2026-11-20T10:34:37.758000Z", json[0].Time.ToString());
        Assert.Equal("1795170877758000000", json[0].Raw!.Value.GetProperty("timeUnixNano").GetString());
    }

    [Fact]
    public async Task Attributes_go_where_the_semantic_conventions_say()
    {
        var one = await OneAsync(Record(
            ("user.id", "7"), ("user.name", "alice"), ("client.address", "192.0.2.7"), ("client.port", "4711"), ("user_agent.original", "curl/8"), ("session.id", "s1"),
            ("http.request.method", "DELETE"), ("url.full", "https://shop/orders/1"), ("http.response.status_code", "403"), ("error.message", "no right"),
            ("audit.action", "OrderDeleted.delete"), ("audit.resource.type", "order"), ("audit.resource.id", "1"), ("log.record.uid", "r-1"), ("team", "red")));
        Assert.Equal(("r-1", "delete", "OrderDeleted.delete", "shop"), (one.Id, one.Action, one.Operation, one.Service));
        Assert.Equal(("7", "alice"), (one.Actor!.Id, one.Actor.Name));
        Assert.Equal(("192.0.2.7", 4711, "curl/8"), (one.Source!.Ip, one.Source.Port, one.Source.UserAgent));
        Assert.Equal(("s1", "DELETE", "https://shop/orders/1"), (one.Request!.Session, one.Request.Method, one.Request.Uri));
        Assert.Equal((OutcomeResult.Failure, 403, "no right"), (one.Outcome!.Result, one.Outcome.Status, one.Outcome.Reason));
        Assert.Equal(("order", "1"), (one.Resource!.Type, one.Resource.Id));
        Assert.Equal(new Dictionary<string, string> { ["team"] = "red" }, one.Labels);
        Assert.Equal("1795170877758123456", one.Raw!.Value.GetProperty("timeUnixNano").GetString());
        Assert.Equal("2026-11-20T10:34:37.758123Z", one.Time.ToString());
    }

    [Fact]
    public async Task What_the_model_has_no_place_for_is_kept_as_it_came()
    {
        var one = await OneAsync("""
            {"timeUnixNano":1795170877758123456,"observedTimeUnixNano":"0","future":{"n":1.50},"traceId":"5b8efff798038103d269b633813fc60c","flags":1,"body":{"kvlistValue":{"values":[]}},
             "attributes":[{"key":"user.id","value":{"kvlistValue":{}}},{"key":"domesday.time","value":{"stringValue":"mine"}},{"key":"n","value":{"doubleValue":"NaN"}},
             {"key":"client.address","value":{"stringValue":"a-host"}},{"key":"","value":{"stringValue":"x"}},17,{"value":null}]}
            """);
        Assert.Equal("5b8efff798038103d269b633813fc60c", one.Request!.Id);
        Assert.Equal("a-host", one.Labels!["client.address"]);
        Assert.Equal("""{"attributes":[{"key":"user.id","value":{"kvlistValue":{}}},{"key":"domesday.time","value":{"stringValue":"mine"}},{"key":"n","value":{"doubleValue":"NaN"}},{"key":"","value":{"stringValue":"x"}},17,{"value":null}],"body":{"kvlistValue":{"values":[]}},"flags":1,"future":{"n":1.5},"observedTimeUnixNano":"0","scopeLogs":{"scope":{"name":"audit"}},"timeUnixNano":"1795170877758123456"}""", one.Raw!.Value.GetRawText());
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"observedTimeUnixNano":"1000"}""", "1970-01-01T00:00:00.000001Z")]
    [InlineData("""{"timeUnixNano":"18446744073709551615"}""", "2554-07-21T23:34:33.709551Z")]
    [InlineData("""{"timeUnixNano":"tomorrow"}""", null)]
    public async Task Odd_times_are_understood_or_replaced_by_the_arrival(string record, string? expected)
    {
        var one = await OneAsync(record);
        Assert.Equal(expected ?? one.ReceivedAt.ToString(), one.Time.ToString());
        Assert.Equal("log", one.Action);
    }

    [Fact]
    public async Task A_request_that_comes_again_is_stored_once_and_equal_records_are_not_one()
    {
        await using var host = await IngestHost.StartAsync();
        var body = OtlpRequest.Of(Record(("user.id", "1")), Record(("user.id", "1")), Record(("user.id", "2")));
        for (var i = 0; i < 3; i++) Assert.Equal("{}", (await host.PostAsync(Path, OtlpRequest.Json(body))).Body.ToJsonString());
        Assert.Equal(3, host.Store.Size(IngestHost.Tenant));
    }

    [Fact]
    public async Task One_bad_record_is_quarantined_and_its_neighbours_are_stored()
    {
        await using var host = await IngestHost.StartAsync();
        var body = OtlpRequest.Of(Record(("user.id", "1")), """{"timeUnixNano":"1","attributes":[{"key":"a","value":{"stringValue":"\u0000"}}]}""", "17", Record(("user.id", "2")));
        var (status, answer) = await host.PostAsync(Path, OtlpRequest.Json(body));
        Assert.Equal((200, "2"), (status, answer["partialSuccess"]!["rejectedLogRecords"]!.GetValue<string>()));
        Assert.Contains("quarantine", answer["partialSuccess"]!["errorMessage"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(2, host.Store.Size(IngestHost.Tenant));
        Assert.Equal(2, (await host.QuarantineAsync()).Count);
        for (var i = 0; i < 2; i++)
        {
            var kept = (await QuarantinedInput.ReadAsync(host.Store, IngestHost.Tenant, i, Cancellation)).Value;
            Assert.Equal("otlp", kept.Source);
            Assert.Equal("shop", JsonNode.Parse(kept.Bytes)!["resourceLogs"]![0]!["resource"]!["attributes"]![0]!["value"]!["stringValue"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_told_as_such_and_one_that_is_too_deep_as_that()
    {
        await using var host = await IngestHost.StartAsync();
        async Task<string> MessageAsync(string body) => (await host.PostAsync(Path, OtlpRequest.Json(body))).Body["message"]!.GetValue<string>();
        Assert.Contains("It is not JSON: ", await MessageAsync("{"), StringComparison.Ordinal);
        Assert.Contains("It is nested deeper than ", await MessageAsync(new string('[', 600) + new string(']', 600)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Partial_success_in_protobuf_is_a_message_that_others_can_read()
    {
        await using var host = await IngestHost.StartAsync();
        var bad = OtlpRequest.WithRecord(OtlpRequest.Message(record => record.Nested(6, OtlpRequest.Attribute("a", OtlpRequest.Message(value => value.Text(1, "\0"))))));
        using var response = await host.Client.PostAsync(Path, OtlpRequest.Protobuf(bad), Cancellation);
        Assert.Equal((HttpStatusCode.OK, "application/x-protobuf"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        using var answer = new CodedInputStream(await response.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(WireFormat.MakeTag(1, WireFormat.WireType.LengthDelimited), answer.ReadTag());
        using var partial = new CodedInputStream(answer.ReadBytes().ToByteArray());
        Assert.True(answer.IsAtEnd);
        Assert.Equal(WireFormat.MakeTag(1, WireFormat.WireType.Varint), partial.ReadTag());
        Assert.Equal(1, partial.ReadInt64());
        Assert.Equal(WireFormat.MakeTag(2, WireFormat.WireType.LengthDelimited), partial.ReadTag());
        Assert.Contains("quarantine", partial.ReadString(), StringComparison.Ordinal);
        using var whole = await host.Client.PostAsync(Path, OtlpRequest.Protobuf([]), Cancellation);
        Assert.Equal((HttpStatusCode.OK, 0L), (whole.StatusCode, whole.Content.Headers.ContentLength));
    }

    [Theory]
    [InlineData("half a {")]
    [InlineData("[]")]
    [InlineData("""{"resourceLogs":{}}""")]
    [InlineData("""{"resourceLogs":[{"scopeLogs":[{"logRecords":7}]}]}""")]
    public async Task A_body_that_is_no_request_is_refused_for_good_but_kept(string body)
    {
        await using var host = await IngestHost.StartAsync();
        var (status, answer) = await host.PostAsync(Path, OtlpRequest.Json(body));
        Assert.Equal((400, 3), (status, answer["code"]!.GetValue<int>()));
        Assert.Equal(body, Encoding.UTF8.GetString((await QuarantinedInput.ReadAsync(host.Store, IngestHost.Tenant, 0, Cancellation)).Value.Bytes));
    }

    [Fact]
    public async Task Garbage_in_protobuf_is_refused_for_good_but_kept_and_replayed_as_protobuf()
    {
        await using var host = await IngestHost.StartAsync();
        var whole = OtlpRequest.Unzipped(OtlpRequest.Fixture("js-exporter-proto-0.223.bin.gz"));
        using var response = await host.Client.PostAsync(Path, OtlpRequest.Protobuf(whole[..^3]), Cancellation);
        Assert.Equal((HttpStatusCode.BadRequest, "application/x-protobuf"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        using var answer = new CodedInputStream(await response.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal((WireFormat.MakeTag(1, WireFormat.WireType.Varint), 3), (answer.ReadTag(), answer.ReadInt32()));
        var kept = (await QuarantinedInput.ReadAsync(host.Store, IngestHost.Tenant, 0, Cancellation)).Value;
        Assert.Equal(whole[..^3], kept.Bytes);
        var source = IngestCatalog.Find("otlp")!;
        Assert.False(source.Read(kept.Bytes, kept.Context).IsOk);
        Assert.Equal(3, source.Read(whole, kept.Context).Value.Count);
    }

    [Fact]
    public async Task Exporters_are_told_to_come_again_when_the_store_cannot_take_more()
    {
        await using var host = await IngestHost.StartAsync(through: store => new StoreInBetween(store) { Refusal = new(ProblemKind.Unavailable, "Busy.", RetryAfter: TimeSpan.FromSeconds(7)) });
        using var response = await host.Client.PostAsync(Path, OtlpRequest.Json(OtlpRequest.Of("{}")), Cancellation);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(7)), (response.StatusCode, response.Headers.RetryAfter!.Delta));
        Assert.Contains("\"code\":14", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_much_is_said_to_be_too_much()
    {
        await using var host = await IngestHost.StartAsync(new BatchLimits(100_000, 3));
        Assert.Equal(413, (await host.PostAsync(Path, OtlpRequest.Json(OtlpRequest.Of("{}", "{}", "{}", "{}")))).Status);
        Assert.Equal(413, (await host.PostAsync(Path, OtlpRequest.Json(new string(' ', 100_001)))).Status);
        Assert.Equal(0, host.Store.Size(IngestHost.Tenant));
        Assert.Empty(await host.QuarantineAsync());
    }

    [Fact]
    public async Task A_large_resource_is_not_multiplied_without_bound()
    {
        await using var host = await IngestHost.StartAsync(new BatchLimits(200_000, 1_000_000));
        var body = $$$"""{"resourceLogs":[{"resource":{"x":"{{{new string('x', 90_000)}}}"},"scopeLogs":[{"logRecords":[{{{string.Join(',', Enumerable.Repeat("{}", 10_000))}}}]}]}]}""";
        Assert.Equal(413, (await host.PostAsync(Path, OtlpRequest.Json(body))).Status);
    }

    [Fact]
    public async Task Another_type_of_body_is_not_taken()
    {
        await using var host = await IngestHost.StartAsync();
        using var text = new StringContent("{}");
        Assert.Equal(415, (await host.PostAsync(Path, text)).Status);
    }
}
