namespace Domesday.Sinks.Tests.Mail;

/// <summary>What people rely on who get mail.</summary>
public class MailTests
{
    [Fact]
    public async Task Mail_says_what_happened_and_is_sent_again_when_the_server_is_not_ready()
    {
        using var server = new SmtpReceiver { Refusals = 1 };
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("mail", new() { ["host"] = "127.0.0.1", ["port"] = server.Port, ["starttls"] = false, ["from"] = "audit@example.com", ["to"] = "ops@example.com, boss@example.com" },
            sink => sink["filter"] = "resource_type=order");
        await service.AppendAsync(2);
        var state = await service.SinkDoneAsync(id, 2);
        Assert.Equal((2, 2), (state.Number("accepted"), state.Number("retried")));
        var mail = Assert.Single(server.Mails);
        Assert.Contains("To: ops@example.com, boss@example.com", mail, StringComparison.Ordinal);
        Assert.Contains("Subject: Audit: 2 events, the first: alice: create order an order", mail, StringComparison.Ordinal);
    }
}
