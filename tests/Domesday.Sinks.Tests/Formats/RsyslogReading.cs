using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Server.Tests;

namespace Domesday.Sinks.Tests.Formats;

/// <summary>Real rsyslog, which takes messages of RFC 5424 apart, structured data included.</summary>
internal static class RsyslogReading
{
    /// <returns>Header, structured data and text of each message, as rsyslog understood them.</returns>
    public static async Task<IReadOnlyList<JsonNode>> OfAsync(IReadOnlyList<string> messages, CancellationToken cancellation)
    {
        var program = OutsideProgram.Need("rsyslogd", "Debian package rsyslog");
        using var folder = new TestFolder();
        var port = OutsideProgram.FreePort();
        await File.WriteAllTextAsync(folder["rsyslog.conf"], Configuration(folder, port), cancellation);
        var rsyslog = OutsideProgram.Start(program, new Dictionary<string, string>(), "-n", "-f", folder["rsyslog.conf"], "-i", folder["pid"]);
        try
        {
            await OutsideProgram.WaitForAsync(port, rsyslog);
            using (var client = new TcpClient())
            {
                await client.ConnectAsync("127.0.0.1", port, cancellation);
                foreach (var message in messages)
                {
                    var bytes = Encoding.UTF8.GetBytes(message);
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(bytes.Length.ToString(CultureInfo.InvariantCulture) + " "), cancellation);
                    await client.GetStream().WriteAsync(bytes, cancellation);
                }
            }
            while (true)
            {
                var lines = File.Exists(folder["out.log"]) ? await File.ReadAllLinesAsync(folder["out.log"], cancellation) : [];
                if (lines.Length >= messages.Count) return [.. lines.Select(line => JsonNode.Parse(line)!)];
                await Task.Delay(50, cancellation);
            }
        }
        finally
        {
            await OutsideProgram.EndAsync(rsyslog);
        }
    }

    private static string Configuration(TestFolder folder, int port)
    {
        string[] properties = ["pri", "hostname", "app-name", "msgid", "msg", "$!rfc5424-sd"];
        return $"""
            global(workDirectory="{Path.GetDirectoryName(folder["x"])}" maxMessageSize="256k" parser.escapeControlCharactersOnReceive="off")
            module(load="mmpstrucdata")
            module(load="imtcp")
            input(type="imtcp" address="127.0.0.1" port="{port}")
            template(name="t" type="list" option.jsonf="on") {"{"} property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf") {string.Join(' ', properties.Select(name => $"property(outname=\"{name}\" name=\"{name}\" format=\"jsonf\")"))} {"}"}
            action(type="mmpstrucdata")
            action(type="omfile" file="{folder["out.log"]}" template="t")

            """;
    }
}
