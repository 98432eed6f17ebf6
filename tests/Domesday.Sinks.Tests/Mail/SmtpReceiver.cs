using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Domesday.Sinks.Tests.Mail;

/// <summary>A mail server of the tests' own: takes what comes, after refusing as often as it is told.</summary>
internal sealed class SmtpReceiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    public SmtpReceiver()
    {
        _listener.Start();
        _ = Task.Run(RunAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public List<string> Mails { get; } = [];

    /// <summary>How many mails are refused first.</summary>
    public int Refusals { get; set; }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await ServeAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // The test ends.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\r\n" };
        await writer.WriteLineAsync("220 test");
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            var verb = line.Split(' ')[0].ToUpperInvariant();
            if (verb == "QUIT") break;
            if (verb == "MAIL" && Refusals-- > 0)
            {
                await writer.WriteLineAsync("451 later");
                continue;
            }
            await writer.WriteLineAsync(verb == "DATA" ? "354 go on" : "250 yes");
            if (verb != "DATA") continue;
            var mail = new StringBuilder();
            while (await reader.ReadLineAsync(_stop.Token) is { } text && text != ".") mail.AppendLine(text);
            lock (Mails) Mails.Add(mail.ToString());
            await writer.WriteLineAsync("250 taken");
        }
    }
}
