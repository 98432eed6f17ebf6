using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Server.Tests;

namespace Domesday.Sinks.Tests.Mail;

/// <summary>What people rely on who get mail.</summary>
public class MailTests
{
    private static JsonObject Settings(SmtpReceiver server) => new() { ["host"] = "127.0.0.1", ["port"] = server.Port, ["from"] = "audit@example.com", ["to"] = "ops@example.com, boss@example.com" };

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=mail server of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(200));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    [Fact]
    public async Task Mail_says_what_happened_and_is_sent_again_when_the_server_is_not_ready()
    {
        using var server = new SmtpReceiver { Refusals = 1 };
        await using var service = await SinkCalls.ServiceAsync();
        var settings = Settings(server);
        settings["starttls"] = false;
        var id = await service.SinkAsync("mail", settings, sink => sink["filter"] = "resource_type=order");
        await service.AppendAsync(2);
        var state = await service.SinkDoneAsync(id, 2);
        Assert.Equal((2, 2), (state.Number("accepted"), state.Number("retried")));
        Assert.Equal("The mail server answered to MAIL FROM:<audit@example.com>: 451 later", state["last_error"]!.GetValue<string>());
        var mail = Assert.Single(server.Mails);
        Assert.Contains("To: ops@example.com, boss@example.com", mail, StringComparison.Ordinal);
        Assert.Contains("Subject: Audit: 2 events, the first: alice: create order an order", mail, StringComparison.Ordinal);
        Assert.Contains("alice: create order an order", SmtpReceiver.BodyOf(mail), StringComparison.Ordinal);
        Assert.Equal(["RCPT TO:<ops@example.com>", "RCPT TO:<boss@example.com>"], server.Commands.Where(command => command.StartsWith("RCPT", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_receiver_that_is_gone_keeps_the_mail_from_nobody_else_and_no_mail_is_sent_twice()
    {
        using var server = new SmtpReceiver { Unknown = "boss@", IsHasty = true };
        await using var service = await SinkCalls.ServiceAsync();
        var settings = Settings(server);
        settings["starttls"] = false;
        var id = await service.SinkAsync("mail", settings, sink => sink["filter"] = "resource_type=order");
        var tested = await service.DoAsync(id, "test");
        Assert.True(tested["accepted"]!.GetValue<bool>());
        Assert.EndsWith("took it, but not for boss@example.com: 550 5.1.1 nobody here", tested["answer"]!.GetValue<string>(), StringComparison.Ordinal);
        await service.AppendAsync(1);
        var state = await service.SinkDoneAsync(id, 1);
        Assert.Equal((1, 0), (state.Number("accepted"), state.Number("retried")));
        Assert.Equal(2, server.Mails.Count);
        server.Unknown = "@";
        Assert.False((await service.DoAsync(id, "test"))["accepted"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_password_is_said_within_TLS_alone_from_the_first_byte_or_after_starttls(bool fromFirstByte)
    {
        using var certificate = Certificate();
        using var server = new SmtpReceiver(certificate, fromFirstByte);
        await using var service = await SinkCalls.ServiceAsync();
        var settings = Settings(server);
        (settings["user"], settings["password"], settings["ca"], settings["tls"]) = ("audit", "a word of passing", certificate.ExportCertificatePem(), fromFirstByte);
        var id = await service.SinkAsync("mail", settings, sink => sink["filter"] = "resource_type=order");
        await service.AppendAsync(1);
        await service.SinkDoneAsync(id, 1);
        Assert.Single(server.Mails);
        Assert.Contains("AUTH PLAIN " + Convert.ToBase64String("\0audit\0a word of passing"u8), server.SecureCommands);
        Assert.DoesNotContain(server.Commands.Except(server.SecureCommands), command => command.StartsWith("AUTH", StringComparison.Ordinal) || command.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_with_a_strangers_certificate_gets_neither_password_nor_mail()
    {
        using var certificate = Certificate();
        using var another = Certificate();
        using var server = new SmtpReceiver(certificate, true);
        await using var service = await SinkCalls.ServiceAsync();
        var settings = Settings(server);
        (settings["user"], settings["password"], settings["ca"], settings["tls"]) = ("audit", "a word of passing", another.ExportCertificatePem(), true);
        var id = await service.SinkAsync("mail", settings, sink => sink["filter"] = "resource_type=order");
        var tested = await service.DoAsync(id, "test");
        Assert.False(tested["accepted"]!.GetValue<bool>());
        Assert.Empty(server.Commands);
        Assert.DoesNotContain("a word", tested.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stands_in_an_event_adds_no_header_and_ends_no_mail()
    {
        using var server = new SmtpReceiver();
        await using var service = await SinkCalls.ServiceAsync();
        var settings = Settings(server);
        settings["starttls"] = false;
        var id = await service.SinkAsync("mail", settings, sink => sink["filter"] = "action=odd");
        using var body = new StringContent(new JsonObject { ["action"] = "odd", ["actor"] = new JsonObject { ["name"] = "Jürgen\r\nBcc: thief@example.com\r\n.\r\nQUIT" }, ["resource"] = new JsonObject { ["type"] = "x", ["name"] = "\r\n.\r\n" } }.ToJsonString(), Encoding.UTF8, "application/json");
        using var sent = await service.Admin.PostAsync("/audit/v1/events", body, TestContext.Current.CancellationToken);
        Assert.True(sent.IsSuccessStatusCode);
        await service.SinkDoneAsync(id, 1);
        var mail = Assert.Single(server.Mails);
        Assert.DoesNotContain("Bcc", mail, StringComparison.Ordinal);
        Assert.Contains("Subject: =?utf-8?B?", mail, StringComparison.Ordinal);
        Assert.Contains("Jürgen", SmtpReceiver.BodyOf(mail), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_comes_as_an_attachment_by_mail_and_as_a_file_to_a_webhook()
    {
        using var server = new SmtpReceiver();
        await using var receiver = await TestReceiver.StartAsync();
        await using var service = await SinkCalls.ServiceAsync();
        var settings = Settings(server);
        settings["starttls"] = false;
        var (mail, hook) = (await service.SinkAsync("mail", settings, sink => sink["channel"] = true), await service.SinkAsync("webhook", new() { ["url"] = receiver.Url, ["secret"] = "word" }, sink => sink["channel"] = true));
        var made = await TestService.PostAsync(service.Admin, "/audit/v1/reports", new() { ["name"] = "chargeback", ["by"] = "actor", ["every"] = "day", ["channels"] = new JsonArray(mail, hook) });
        var sent = await TestService.PostAsync(service.Admin, $"/audit/v1/reports/{made["id"]}/send", []);
        Assert.All(sent["answers"]!.AsArray(), answer => Assert.True(answer!["accepted"]!.GetValue<bool>(), answer.ToJsonString()));
        var text = Assert.Single(server.Mails);
        Assert.Contains("Content-Disposition: attachment; filename=\"usage-by-actor-", text, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String("actor,events,failures,resources\r\n"u8).TrimEnd('='), text, StringComparison.Ordinal);
        var posted = Assert.Single(receiver.Requests);
        Assert.Equal(("actor,events,failures,resources\r\n", "text/csv; charset=utf-8"), (posted.Text, posted.Headers["Content-Type"]));
        Assert.StartsWith("attachment; filename=usage-by-actor-", posted.Headers["Content-Disposition"], StringComparison.Ordinal);
        Assert.StartsWith("t=", posted.Headers["Domesday-Signature"], StringComparison.Ordinal);
        var recorded = await service.EventAsync("default", one => one.Operation == "report.sent");
        Assert.Equal("admin", recorded.Actor!.Name);
    }
}
