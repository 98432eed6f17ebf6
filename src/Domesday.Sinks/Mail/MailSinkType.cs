using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.Mail;

/// <summary>Sends events by mail; meant for alerts.</summary>
internal sealed class MailSinkType : ISinkType
{
    public string Name => "mail";

    public string Title => "Mail";

    public IReadOnlyList<SettingText> Settings { get; } =
    [
        new("host", "Mail server"),
        new("port", "Port"),
        new("starttls", "STARTTLS", "True without it: the connection is secured before anything is said."),
        new("tls", "TLS from the first byte", "As port 465 wants it; instead of STARTTLS."),
        new("user", "User"),
        new("password", "Password"),
        new("from", "From", "Such as audit@example.com"),
        new("to", "To", "Addresses, with commas between them."),
        TlsTrust.Text,
        new("subject", "Subject", "Stands before what happened; Audit without it."),
    ];

    public bool TakesFiles => true;

    public IReadOnlyList<string> Secrets => ["password"];

    public IReadOnlyList<string> Destination => ["host", "port", "starttls", "tls"];

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = MailOptions.Read(settings);
        return options.IsOk ? new MailSink(options.Value, context) : options.Problem;
    }
}
