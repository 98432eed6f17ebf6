using System.Text;
using System.Text.Json;
using Domesday.Core.Export;
using Domesday.Core.Query;
using Domesday.Dialects.DockerUcp;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Dialects.Tests.DockerUcp;

/// <summary>The line that is printed is the one that UCP prints.</summary>
public class DockerUcpRecordTests
{
    private const string Documented =
        """{"audit":{"auditID":"f8ce4684-cb55-4c88-652c-d2ebd2e9365e","kind":"docker-swarm","level":"metadata","metadata":{"creationTimestamp":null},"requestReceivedTimestamp":"2019-01-30T17:21:45.316157Z","requestURI":"/metricsservice/query?query=(%20...%20*%20100\u0026time=2019-01-30T17%3A21%3A45.286Z","sourceIPs":["172.31.45.250:48516"],"stage":"RequestReceived","stageTimestamp":null,"timestamp":null,"user":{"extra":{"licenseKey":["FHy6..."],"username":["admin"]},"uid":"4ec3c2fc-312b-4e66-bb4f-b64b8f0ee42a","username":"4ec3c2fc-312b-4e66-bb4f-b64b8f0ee42a"},"verb":"GET"},"level":"info","msg":"audit","time":"2019-01-30T17:21:45Z"}""";

    private static readonly AuditEvent Sample = new()
    {
        Id = "f8ce4684-cb55-4c88-652c-d2ebd2e9365e/RequestReceived",
        Time = Timestamp.FromDateTimeOffset(DateTimeOffset.Parse("2019-01-30T17:21:45.316157Z", System.Globalization.CultureInfo.InvariantCulture)),
        Service = "docker-swarm",
        Action = "read",
        Actor = new() { Type = ActorType.User, Id = "4ec3c2fc-312b-4e66-bb4f-b64b8f0ee42a", Name = "admin" },
        Source = new() { Ip = "172.31.45.250", Port = 48516 },
        Request = new() { Id = "f8ce4684-cb55-4c88-652c-d2ebd2e9365e", Method = "GET", Uri = "/metricsservice/query?query=(%20...%20*%20100&time=2019-01-30T17%3A21%3A45.286Z" },
        Level = CaptureLevel.Metadata,
        Labels = new Dictionary<string, string> { ["license_key"] = "FHy6..." },
    };

    [Fact]
    public void The_documented_line_is_printed_byte_for_byte() => Assert.Equal(Documented, LineOf(Sample));

    [Fact]
    public void Status_object_and_payload_stand_where_kubernetes_has_them_and_names_are_left_out()
    {
        var line = LineOf(Sample with
        {
            Resource = new() { Type = "service", Id = "rrt5", Name = "web", Namespace = "n" },
            Outcome = new() { Result = OutcomeResult.Failure, Status = 409 },
            Level = CaptureLevel.Request,
            Request = Sample.Request! with { Method = "POST", Body = JsonElement.Parse("""{"Name":"a<b>&\u2028","n":10}"""u8) },
        });
        Assert.Contains("""
            "objectRef":{"namespace":"n","resource":"service","uid":"rrt5"},"requestObject":{"Name":"a\u003cb\u003e\u0026\u2028","n":10},"requestReceivedTimestamp"
            """, line, StringComparison.Ordinal);
        Assert.Contains("""
            "responseStatus":{"code":409,"metadata":{}},"sourceIPs"
            """, line, StringComparison.Ordinal);
        Assert.Contains("\"stage\":\"ResponseComplete\"", line, StringComparison.Ordinal);
        Assert.DoesNotContain("web", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_payload_is_not_printed_at_level_metadata() =>
        Assert.DoesNotContain("requestObject", LineOf(Sample with { Request = Sample.Request! with { Body = JsonElement.Parse("{\"a\":1}"u8) } }), StringComparison.Ordinal);

    /// <summary>Whatever an event holds, its line is one line of JSON, with members in the order of Go's maps.</summary>
    [Fact]
    public void An_event_of_any_sort_is_one_line_of_sorted_json()
    {
        AuditEvent[] odd =
        [
            new() { Action = "login" },
            new() { Action = "login", Actor = new() { Name = "line\nbreak \"q\" \u2029 <é😀>" }, Source = new() { Ip = "2001:db8::1", Port = 1 } },
            new() { Action = "read", Source = new() { Ip = "::1", ForwardedFor = ["10.0.0.1", "<x>"] }, Actor = new() { Groups = ["a", "b"] }, Labels = new Dictionary<string, string> { ["stage"] = "Panic" } },
            new() { Action = "read", Raw = JsonElement.Parse("{\"x\":1}"u8), Resource = new() { Type = "t", SubType = "s" } },
        ];
        foreach (var one in odd)
        {
            var line = LineOf(one);
            Assert.DoesNotContain('\n', line);
            Assert.Equal(-1, line.AsSpan().IndexOfAny("<>&\u2028\u2029"));
            var canonical = Encoding.UTF8.GetString(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(line)));
            Assert.Equal(canonical.Replace("<", "\\u003c", StringComparison.Ordinal).Replace(">", "\\u003e", StringComparison.Ordinal).Replace("&", "\\u0026", StringComparison.Ordinal)
                .Replace("\u2028", "\\u2028", StringComparison.Ordinal).Replace("\u2029", "\\u2029", StringComparison.Ordinal), line);
        }
    }

    private static string LineOf(AuditEvent auditEvent)
    {
        var (parser, draft, faults, entry) = (new EventParser(EventLimits.Default), new EventDraft(), new List<Fault>(), new ByteBuffer());
        Assert.True(parser.TryParse(EventJson.Write(auditEvent), draft, faults), string.Join('\n', faults));
        if (!draft.Has(EventField.Time)) draft.SetTime(EventField.Time, new(0));
        if (!draft.Has(EventField.Id)) draft.SetText(EventField.Id, "made");
        draft.SetText(EventField.Tenant, "acme");
        var at = draft.Compose(entry);
        byte[] bytes = [.. entry.Slice(0, at), .. "\"sequence\":0,"u8, .. entry.Slice(at, entry.Length - at)];
        var (fields, json, output) = (new EntryFields(), new RecordJson(), new ByteBuffer());
        fields.Read(new StoredEntry("acme", 0, bytes));
        DockerUcpRecord.Append(fields, json, output);
        return Encoding.UTF8.GetString(output.Written);
    }
}
