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
        var before = await ReadAsync(listener, end, 5);
        listener.Stop();
        await service.AppendAsync(5);
        await service.SinkWhenAsync(id, sink => sink["state"]!.GetValue<string>() == "retrying");
        listener = new(IPAddress.Loopback, port);
        listener.Start();
        var after = await ReadAsync(listener, end, 5);
        await service.SinkDoneAsync(id, 10);
        listener.Stop();
        var ids = before.Concat(after).Select(one => protocol == "gelf" ? one["_resource_id"]!.GetValue<string>() : one["resource"]!["id"]!.GetValue<string>());
        Assert.Equal([.. Enumerable.Range(0, 5), .. Enumerable.Range(0, 5)], ids.Select(one => int.Parse(one[2..])));
        if (protocol == "gelf") Assert.Equal(("1.1", "alice: create order an order"), (after[0]["version"]!.GetValue<string>(), after[0]["short_message"]!.GetValue<string>()));
    }

    /// <summary>Takes one connection and ends it when so many messages came.</summary>
    private static async Task<List<JsonNode>> ReadAsync(TcpListener listener, byte end, int count)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var messages = new List<JsonNode>();
        using var message = new MemoryStream();
        var buffer = new byte[4096];
        while (messages.Count < count)
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
