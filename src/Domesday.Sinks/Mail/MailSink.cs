using System.Globalization;
using System.Text;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Events.Schema;

namespace Domesday.Sinks.Mail;

/// <summary>A mail for each batch: a line for each event, over SMTP. Files are attachments.</summary>
internal sealed class MailSink(MailOptions options, SinkContext context) : ISink, IFileReceiver
{
    private const int EventsMax = 50;
    private const int BytesMax = 256 * 1024;

    private const int SubjectCharsMax = 200;

    public SinkLimits Limits => new(EventsMax, BytesMax, BytesMax) { OverheadBytes = 1, Linger = TimeSpan.FromSeconds(5) };

    public RecordWriter Write => WriteLine;

    public async ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        var lines = events.Select(one => Encoding.UTF8.GetString(one.Payload.Span)).ToList();
        var id = string.Create(CultureInfo.InvariantCulture, $"{context.Id}.{events[0].Sequence}.{events[^1].Sequence}");
        var delivery = await SendAsync(MailText.Of(options, id, context.Time.GetUtcNow(), Subject(lines), string.Join("\r\n", lines) + "\r\n"), cancellation);
        MailLog.Sent(context.Logger, context.Id, events.Count);
        return delivery;
    }

    public async ValueTask<Delivery> DeliverFileAsync(SinkFile file, CancellationToken cancellation)
    {
        var subject = $"{options.Subject}: {file.Title}";
        return await SendAsync(MailText.Of(options, file.Id, context.Time.GetUtcNow(), subject.Length <= SubjectCharsMax ? subject : subject[..SubjectCharsMax], file.Title + "\r\n", file), cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<Delivery> SendAsync(string mail, CancellationToken cancellation)
    {
        await using var session = await SmtpSession.OpenAsync(options, cancellation);
        var refused = await session.SendAsync(options.From.Address, [.. options.To.Select(address => address.Address)], mail, cancellation);
        foreach (var receiver in refused) MailLog.Refused(context.Logger, context.Id, receiver);
        return Delivery.Accepted(refused.Count == 0 ? $"the mail server {options.Host} took it" : $"the mail server {options.Host} took it, but not for {string.Join("; ", refused)}");
    }

    private string Subject(List<string> lines)
    {
        var first = lines[0].Split("  ", 2)[^1];
        var subject = lines.Count == 1 ? $"{options.Subject}: {first}" : $"{options.Subject}: {lines.Count} events, the first: {first}";
        return subject.Length <= SubjectCharsMax ? subject : subject[..SubjectCharsMax];
    }

    private static void WriteLine(EntryFields entry, RecordJson json) => json.Raw(Encoding.UTF8.GetBytes($"{entry.Text(EventField.Time)}  {EventSentence.Of(entry)}"));
}
