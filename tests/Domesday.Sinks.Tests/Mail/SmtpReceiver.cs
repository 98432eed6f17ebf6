using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Domesday.Sinks.Tests.Mail;

/// <summary>A mail server of the tests' own: takes what comes, after refusing as often as it is told.</summary>
internal sealed class SmtpReceiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2? _certificate;
    private readonly bool _isSecureFromFirstByte;

    /// <param name="certificate">Null: it knows no TLS.</param>
    public SmtpReceiver(X509Certificate2? certificate = null, bool isSecureFromFirstByte = false)
    {
        (_certificate, _isSecureFromFirstByte) = (certificate, isSecureFromFirstByte);
        _listener.Start();
        _ = Task.Run(RunAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public List<string> Mails { get; } = [];

    public List<string> Commands { get; } = [];

    /// <summary>Those that came within TLS.</summary>
    public List<string> SecureCommands { get; } = [];

    /// <summary>How many mails are refused first.</summary>
    public int Refusals { get; set; }

    /// <summary>The receiver that it does not know.</summary>
    public string? Unknown { get; set; }

    /// <summary>Closes as soon as it has the mail, and waits for no QUIT.</summary>
    public bool IsHasty { get; set; }

    /// <summary>The text of a mail without attachments.</summary>
    public static string BodyOf(string mail)
    {
        var lines = mail.Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        return Encoding.UTF8.GetString(Convert.FromBase64String(string.Concat(lines.Skip(lines.IndexOf("") + 1))));
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await ServeAsync(client.GetStream());
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or IOException or SocketException or AuthenticationException)
            {
                // The test ends, or the caller does not believe the certificate.
            }
        }
    }

    private async Task<Stream> SecureAsync(Stream stream)
    {
        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
        return secure;
    }

    private async Task ServeAsync(Stream stream)
    {
        if (_isSecureFromFirstByte) stream = await SecureAsync(stream);
        await SayAsync(stream, "220 test");
        while (await LineAsync(stream) is { } line)
        {
            Commands.Add(line);
            if (stream is SslStream) SecureCommands.Add(line);
            var verb = line.Split(' ')[0].ToUpperInvariant();
            if (verb == "QUIT") break;
            if (verb == "MAIL" && Refusals-- > 0)
            {
                await SayAsync(stream, "451 later");
                continue;
            }
            if (verb == "RCPT" && Unknown is not null && line.Contains(Unknown, StringComparison.Ordinal))
            {
                await SayAsync(stream, "550 5.1.1 nobody here");
                continue;
            }
            await SayAsync(stream, verb switch { "RCPT" => "251 will forward", "DATA" => "354 go on", "STARTTLS" => "220 go on", "AUTH" => "235 yes", "EHLO" => "250-test\r\n250 AUTH PLAIN", _ => "250 yes" });
            if (verb == "STARTTLS") stream = await SecureAsync(stream);
            if (verb != "DATA") continue;
            var mail = new StringBuilder();
            while (await LineAsync(stream) is { } text && text != ".") mail.AppendLine(text);
            lock (Mails) Mails.Add(mail.ToString());
            await SayAsync(stream, "250 taken");
            if (IsHasty) break;
        }
    }

    private async Task SayAsync(Stream stream, string line) => await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), _stop.Token);

    private async Task<string?> LineAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, _stop.Token) == 1)
        {
            if (one[0] == '\n') return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }
        return null;
    }
}
