using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Text;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Events.Schema;

namespace Domesday.Sinks.Mail;

/// <summary>A mail for each batch: a line for each event, over SMTP.</summary>
internal sealed class MailSink(MailOptions options, SinkContext context) : ISink
{
    private const int EventsMax = 50;
    private const int BytesMax = 256 * 1024;

    private const int SubjectCharsMax = 200;

    public SinkLimits Limits => new(EventsMax, BytesMax, BytesMax) { OverheadBytes = 1, Linger = TimeSpan.FromSeconds(5) };

    public RecordWriter Write => WriteLine;

    public async ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        using var client = new SmtpClient(options.Host, options.Port) { EnableSsl = options.IsSecure };
        if (options.User is not null) client.Credentials = new NetworkCredential(options.User, options.Password);
        var lines = events.Select(one => Encoding.UTF8.GetString(one.Payload.Span)).ToList();
        using var message = new MailMessage { From = options.From, Subject = Subject(lines), Body = string.Join("\r\n", lines) + "\r\n", BodyEncoding = Encoding.UTF8, SubjectEncoding = Encoding.UTF8 };
        foreach (var address in options.To) message.To.Add(address);
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("Message-ID", string.Create(CultureInfo.InvariantCulture, $"<{context.Id}.{events[0].Sequence}.{events[^1].Sequence}@domesday>"));
        await client.SendMailAsync(message, cancellation);
        MailLog.Sent(context.Logger, context.Id, events.Count);
        return Delivery.Accepted($"the mail server {options.Host} took it");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string Subject(List<string> lines)
    {
        var first = lines[0].Split("  ", 2)[^1];
        var subject = lines.Count == 1 ? $"{options.Subject}: {first}" : $"{options.Subject}: {lines.Count} events, the first: {first}";
        return subject.Length <= SubjectCharsMax ? subject : subject[..SubjectCharsMax];
    }

    private static void WriteLine(EntryFields entry, RecordJson json) => json.Raw(Encoding.UTF8.GetBytes($"{entry.Text(EventField.Time)}  {EventSentence.Of(entry)}"));
}
