using System.Net.Mail;
using System.Net.Security;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.Mail;

/// <param name="Trust">Checks the server's certificate; null: as the machine does.</param>
/// <param name="Password">Secret.</param>
internal sealed record MailOptions(string Host, int Port, MailSecurity Security, RemoteCertificateValidationCallback? Trust, string? User, string? Password, MailAddress From, IReadOnlyList<MailAddress> To, string Subject)
{
    private const int TlsPort = 465;

    private const int PortMax = 65_535;
    private const int SubmissionPort = 587;
    private const int SubjectCharsMax = 200;

    public static Result<MailOptions> Read(SinkSettings settings)
    {
        var nobody = new MailAddress("nobody@localhost");
        var from = MailAddress.TryCreate(settings.Text("from", required: true), out var sender) ? sender : nobody;
        if (ReferenceEquals(from, nobody) && settings.Text("from") is not null) settings.Fault("from", "must be an address such as audit@example.com");
        var to = new List<MailAddress>();
        foreach (var text in settings.List("to", required: true))
        {
            if (MailAddress.TryCreate(text, out var address)) to.Add(address);
            else settings.Fault("to", "must be addresses such as ops@example.com, between commas");
        }
        var subject = settings.Text("subject", charsMax: SubjectCharsMax) ?? "Audit";
        if (subject.Any(char.IsControl)) settings.Fault("subject", "has control characters");
        var (user, password) = (settings.Text("user"), settings.Text("password"));
        if (user is null != password is null) settings.Fault(user is null ? "user" : "password", "is missing");
        var isTls = settings.Flag("tls");
        var port = settings.Number("port", 1, PortMax, isTls ? TlsPort : SubmissionPort);
        var startTls = settings.Flag("starttls", absent: true);
        var security = isTls || port == TlsPort ? MailSecurity.Tls : startTls ? MailSecurity.StartTls : MailSecurity.None;
        var options = new MailOptions(settings.Text("host", required: true) ?? "localhost", port, security, TlsTrust.Of(settings), user, password, from, to, subject);
        if (password is not null && security == MailSecurity.None) settings.Fault("starttls", "must not be false where there is a password");
        if (to.Append(from).Any(address => !address.Address.All(letter => letter is > ' ' and <= '~'))) settings.Fault("to", "and from must be addresses of ASCII alone");
        return settings.Problem() is { } problem ? problem : options;
    }

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>How the connection to a mail server is secured.</summary>
internal enum MailSecurity
{
    None,

    /// <summary>By STARTTLS, before anything is said.</summary>
    StartTls,

    /// <summary>From its first byte.</summary>
    Tls,
}
