using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.Mail;

/// <summary>One conversation with a mail server, about one mail.</summary>
/// <remarks>Source: RFC 5321 (SMTP), RFC 3207 (STARTTLS), RFC 8314 §3.3 (TLS from the first byte), RFC 4954 and RFC 4616 (signing in). Why it is written here: docs/adr/0051-smtp.md.</remarks>
internal sealed class SmtpSession : IAsyncDisposable
{
    /// <summary>Longest line of an answer. RFC 5321 §4.5.3.1.5 says 512; some servers say more.</summary>
    private const int AnswerCharsMax = 4_096;

    private const int AnswerLinesMax = 100;

    private readonly Socket _socket;
    private Stream _stream;

    private SmtpSession(Socket socket) => (_socket, _stream) = (socket, new NetworkStream(socket, ownsSocket: false));

    /// <summary>Connects, secures the connection and signs in, as the options say.</summary>
    /// <exception cref="IOException">The server cannot be reached, or does not take us; the message has its answer.</exception>
    public static async ValueTask<SmtpSession> OpenAsync(MailOptions options, CancellationToken cancellation)
    {
        var session = new SmtpSession(await ReachableSocket.ConnectAsync(options.Host, options.Port, cancellation));
        try
        {
            await session.GreetAsync(options, cancellation);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Hands a mail over; it counts when this returns.</summary>
    /// <param name="mail">Lines that end with CR LF, ASCII.</param>
    /// <returns>The receivers that the server refused for good, each with its answer: the others have the mail.</returns>
    /// <exception cref="IOException">The server did not take it; the message has its answer.</exception>
    public async ValueTask<IReadOnlyList<string>> SendAsync(string from, IReadOnlyList<string> to, string mail, CancellationToken cancellation)
    {
        await AskAsync($"MAIL FROM:<{from}>", 250, cancellation);
        var refused = new List<string>();
        foreach (var address in to)
        {
            if (await ReceiverAsync(address, cancellation) is { } answer) refused.Add($"{address}: {answer}");
        }
        if (refused.Count == to.Count) throw new IOException($"The mail server takes no mail for {string.Join("; ", refused)}");
        await AskAsync("DATA", 354, cancellation);
        // RFC 5321 §4.5.2: a line that begins with a dot gets another one.
        var text = mail.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        await AskAsync((text.StartsWith('.') ? "." : "") + text + ".", 250, cancellation);
        await QuitAsync(cancellation);
        return refused;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private async ValueTask GreetAsync(MailOptions options, CancellationToken cancellation)
    {
        if (options.Security == MailSecurity.Tls) await SecureAsync(options, cancellation);
        await ExpectAsync(220, "the greeting", cancellation);
        await HelloAsync(cancellation);
        if (options.Security == MailSecurity.StartTls)
        {
            await AskAsync("STARTTLS", 220, cancellation);
            await SecureAsync(options, cancellation);
            await HelloAsync(cancellation);
        }
        if (options.User is null) return;
        var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{options.User}\0{options.Password}"));
        await AskAsync($"AUTH PLAIN {plain}", 235, cancellation, shown: "AUTH PLAIN");
    }

    private async ValueTask SecureAsync(MailOptions options, CancellationToken cancellation)
    {
        var secure = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = secure;
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = options.Host, RemoteCertificateValidationCallback = options.Trust }, cancellation);
    }

    private ValueTask HelloAsync(CancellationToken cancellation) => AskAsync("EHLO " + HostName(), 250, cancellation);

    /// <summary>An address literal where the machine's name is none that may stand there.</summary>
    private static string HostName() => Environment.MachineName is { Length: > 0 } name && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.') ? name : "[127.0.0.1]";

    /// <param name="shown">What an error says was asked, in the place of a secret.</param>
    private async ValueTask AskAsync(string command, int expected, CancellationToken cancellation, string? shown = null)
    {
        await WriteAsync(command, cancellation);
        await ExpectAsync(expected, shown ?? command.Split('\r')[0], cancellation);
    }

    /// <returns>The answer when the receiver is refused for good; null when it is not.</returns>
    private async ValueTask<string?> ReceiverAsync(string address, CancellationToken cancellation)
    {
        await WriteAsync($"RCPT TO:<{address}>", cancellation);
        var (code, line) = await AnswerAsync(cancellation);
        // RFC 5321 §4.2.3: 251 is forwarded by the server; what begins with a 5 will never be otherwise, and is no reason to keep the mail from the others.
        if (code is 250 or 251) return null;
        return code is >= 500 and < 600 ? line : throw new IOException($"The mail server answered to RCPT TO:<{address}>: {line}");
    }

    /// <summary>The mail is the server's already: whether it hears the end does not matter.</summary>
    private async ValueTask QuitAsync(CancellationToken cancellation)
    {
        try
        {
            await WriteAsync("QUIT", cancellation);
        }
        catch (IOException)
        {
            // It closed right behind its answer.
        }
    }

    private async ValueTask WriteAsync(string line, CancellationToken cancellation)
    {
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), cancellation);
        await _stream.FlushAsync(cancellation);
    }

    private async ValueTask ExpectAsync(int expected, string about, CancellationToken cancellation)
    {
        var (code, line) = await AnswerAsync(cancellation);
        if (code != expected) throw new IOException($"The mail server answered to {(about.Length > 60 ? "the mail" : about)}: {line}");
    }

    /// <returns>The last line of an answer, and its code; 0 when it has none.</returns>
    private async ValueTask<(int Code, string Line)> AnswerAsync(CancellationToken cancellation)
    {
        for (var lines = 0; lines < AnswerLinesMax; lines++)
        {
            var line = await LineAsync(cancellation);
            if (line.Length > 3 && line[3] == '-') continue;
            return (int.TryParse(line.AsSpan(0, Math.Min(3, line.Length)), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0, line);
        }
        throw new IOException("The mail server answers without an end.");
    }

    /// <summary>Byte by byte: what follows a line may be the beginning of TLS.</summary>
    private async ValueTask<string> LineAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length < AnswerCharsMax)
        {
            if (await _stream.ReadAsync(one, cancellation) == 0) throw new IOException("The mail server closed the connection.");
            if (one[0] == '\n') return line.ToString().TrimEnd('\r');
            line.Append(one[0] is >= 0x20 and < 0x7F ? (char)one[0] : one[0] == '\r' ? '\r' : '?');
        }
        throw new IOException("The mail server's answer has no end.");
    }
}
