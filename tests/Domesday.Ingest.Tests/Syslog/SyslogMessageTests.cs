using System.Text;
using System.Text.Json;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Ingest.Syslog;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Ingest.Tests.Syslog;

/// <summary>Messages of both standards, and of neither, become what they say.</summary>
public class SyslogMessageTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static AuditEvent Mapped(byte[] message) => Try(message) ?? throw new InvalidOperationException("It was refused.");

    private static AuditEvent Mapped(string message) => Mapped(Encoding.UTF8.GetBytes(message));

    private static AuditEvent? Try(byte[] message)
    {
        using var output = new MemoryStream();
        using var json = new Utf8JsonWriter(output, new() { SkipValidation = true });
        if (SyslogMapping.TryWrite(message, "tcp 192.0.2.1", Now, json) is not null) return null;
        json.Flush();
        return EventJson.Read(output.ToArray());
    }

    private static string? Text(AuditEvent one) => one.Raw?.GetProperty("message").GetString();

    [Fact]
    public void Structured_data_becomes_the_events_members()
    {
        var one = Mapped("""
            <85>1 2026-01-02T03:04:05.123456Z web-1 shop 4711 ID47 [audit@32473 action="order.deleted" actor="alice" actor_id="7" resource_type="order" resource_id="1" result="denied" reason="no right" src="192.0.2.7" request_id="r1" team="red"][meta sequenceId="9"] alice may not delete
            """.Trim());
        Assert.Equal(("delete", "order.deleted", "shop"), (one.Action, one.Operation, one.Service));
        Assert.Equal(("alice", "7", "192.0.2.7", "r1"), (one.Actor!.Name, one.Actor.Id, one.Source!.Ip, one.Request!.Id));
        Assert.Equal(("order", "1"), (one.Resource!.Type, one.Resource.Id));
        Assert.Equal((OutcomeResult.Failure, "no right"), (one.Outcome!.Result, one.Outcome.Reason));
        Assert.Equal(("authpriv", "notice", "web-1", "4711", "red", "9", "tcp 192.0.2.1"), (one.Labels!["facility"], one.Labels["severity"], one.Labels["host"], one.Labels["process"], one.Labels["audit@32473.team"], one.Labels["meta.sequenceId"], one.Labels["sender"]));
        Assert.Equal("alice may not delete", Text(one));
        Assert.Equal("2026-01-02T03:04:05.123456Z", one.Time.ToString());
        Assert.DoesNotContain("time_as_sent", one.Labels.Keys);
    }

    [Theory]
    [InlineData("""<13>1 - - - - - - text""", "text")]
    [InlineData("""<13>1 - - - - - -""", null)]
    [InlineData("<13>1 - - - - - - \uFEFFtext", "text")]
    [InlineData("""<13>1 - - - - - [a b="\"\]\\\x"] t""", "t")]
    public void The_corners_of_the_standard_are_understood(string message, string? text)
    {
        var one = Mapped(message);
        Assert.Equal((text, "log", null), (one.Raw is null ? null : Text(one), one.Action, one.Service));
        if (message.Contains('[', StringComparison.Ordinal)) Assert.Equal("\"]\\\\x", one.Labels!["a.b"]);
    }

    [Theory]
    [InlineData("<34>Dec 31 22:14:15 mymachine su[230]: 'su root' failed", "2025-12-31T22:14:15.000000Z", "mymachine", "su", "230", "'su root' failed")]
    [InlineData("<34>Jan  1 22:14:15 mymachine su: failed", "2026-01-01T22:14:15.000000Z", "mymachine", "su", null, "failed")]
    [InlineData("<34>Jan  1 22:14:15 su[1]: without a host", "2026-01-01T22:14:15.000000Z", null, "su", "1", "without a host")]
    [InlineData("<34>2026-01-02T05:04:05.5+02:00 router kernel: up", "2026-01-02T03:04:05.500000Z", "router", "kernel", null, "up")]
    [InlineData("<34>just text: with a colon", null, null, null, null, "just text: with a colon")]
    [InlineData("<34>%LINK-3-UPDOWN: down", null, null, null, null, "%LINK-3-UPDOWN: down")]
    [InlineData("<34>1 yesterday a b c d - t", null, null, null, null, "1 yesterday a b c d - t")]
    public void What_came_before_the_standard_is_understood_as_far_as_it_goes(string message, string? time, string? host, string? application, string? process, string text)
    {
        var one = Mapped(message);
        Assert.Equal((time, host, application), (one.Time?.ToString(), one.Labels!.GetValueOrDefault("host"), one.Service));
        Assert.Equal((process, text), (one.Labels!.GetValueOrDefault("process"), Text(one)));
    }

    [Fact]
    public void A_time_that_was_completed_is_kept_as_it_was_sent() => Assert.Equal("Dec 31 22:14:15", Mapped("<34>Dec 31 22:14:15 h a: b").Labels!["time_as_sent"]);

    [Fact]
    public void Bytes_that_are_not_UTF8_are_kept_and_said_to_be_another_encoding()
    {
        var one = Mapped([.. "<13>Jan  1 00:00:00 h a: caf"u8, 0xE9]);
        Assert.Equal(("café", "iso-8859-1"), (Text(one), one.Labels!["encoding"]));
    }

    [Fact]
    public void A_producer_may_number_its_messages()
    {
        var one = Mapped("""<13>1 - - - - - [a producer="web-1/4711" producer_sequence="17"] t""");
        Assert.Equal(("web-1/4711", "17"), (one.Labels!["producer"], one.Labels["producer_sequence"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no priority")]
    [InlineData("<>x")]
    [InlineData("<192>x")]
    [InlineData("<1a>x")]
    [InlineData("<1234>x")]
    [InlineData("<13")]
    public void Without_a_priority_it_is_no_message(string message) => Assert.Null(Try(Encoding.UTF8.GetBytes(message)));

    [Fact]
    public void Any_bytes_are_a_message_or_are_not_but_never_a_crash() => Prop.ForAll(Messages, bytes =>
    {
        Try(bytes);
        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    private static Arbitrary<byte[]> Messages => Gen.OneOf(
        ArbMap.Default.GeneratorFor<byte[]>(),
        ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => (byte[])[.. "<13>"u8, .. bytes]),
        Gen.ArrayOf(Gen.Elements("1 ", "- ", "[", "]", "a", "=\"", "\"", "\\", " ", "Jan  1 00:00:00 ", "2026-01-02T03:04:05Z ", "su[1]: ", ":", "é", "\0", "producer=\"", "\uD800"))
            .Select(parts => Encoding.UTF8.GetBytes("<13>" + string.Concat(parts)))).ToArbitrary();
}
