using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Domesday.Sinks.Tests.TcpLines;

/// <summary>What people rely on whose receiver reads from a TCP connection.</summary>
public class TcpLinesTests
{
    [Theory]
    [InlineData("lines", (byte)'\n')]
    [InlineData("gelf", (byte)0)]
    public async Task Receiver_that_ends_and_comes_back_gets_every_event(string protocol, byte end)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("tcp", new() { ["host"] = "127.0.0.1", ["port"] = port, ["protocol"] = protocol }, sink => sink["filter"] = "resource_type=order");
        await service.AppendAsync(5);
        var before = await ReadAsync(listener, end, "o-4");
        listener.Stop();
        await service.AppendAsync(6);
        await service.SinkWhenAsync(id, sink => sink["state"]!.GetValue<string>() == "retrying");
        listener = new(IPAddress.Loopback, port);
        listener.Start();
        var after = await ReadAsync(listener, end, "o-5");
        await service.SinkDoneAsync(id, 11);
        listener.Stop();
        Assert.Equal(["o-0", "o-1", "o-2", "o-3", "o-4"], before.ConvertAll(IdOf));
        // Where the receiver went before the service knew that it had them, the first ones come again, whole and in front.
        IEnumerable<string> again = after.Count > 6 ? before.ConvertAll(IdOf) : [];
        Assert.Equal([.. again, "o-0", "o-1", "o-2", "o-3", "o-4", "o-5"], after.ConvertAll(IdOf));
        if (protocol == "gelf") Assert.Equal(("1.1", "alice: create order an order"), (after[0]["version"]!.GetValue<string>(), after[0]["short_message"]!.GetValue<string>()));
    }

    private static string IdOf(JsonNode message) => (message["_resource_id"] ?? message["resource"]!["id"]!).GetValue<string>();

    /// <summary>Takes one connection and ends it when the message about this resource came.</summary>
    private static async Task<List<JsonNode>> ReadAsync(TcpListener listener, byte end, string last)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var messages = new List<JsonNode>();
        using var message = new MemoryStream();
        var buffer = new byte[4096];
        while (messages.Count == 0 || IdOf(messages[^1]) != last)
        {
            var length = await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, length);
            foreach (var letter in buffer.AsSpan(0, length))
            {
                if (letter != end)
                {
                    message.WriteByte(letter);
                    continue;
                }
                messages.Add(JsonNode.Parse(message.ToArray())!);
                message.SetLength(0);
            }
        }
        return messages;
    }
}
