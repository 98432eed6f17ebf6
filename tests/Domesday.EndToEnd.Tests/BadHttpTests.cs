using System.Net.Sockets;
using System.Text;

namespace Domesday.EndToEnd.Tests;

/// <summary>HTTP as nobody should speak it, over a real port: what is not whole stores nothing, and others are served meanwhile.</summary>
public sealed class BadHttpTests(BadInputTests.Running running) : IClassFixture<BadInputTests.Running>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("torn-0", "7f\r\n{\"id\":\"torn-0\",\"acti")]
    [InlineData("torn-1", "zz\r\n{\"id\":\"torn-1\",\"action\":\"create\"}\r\n0\r\n\r\n")]
    [InlineData("torn-2", "5\r\n{\"id\":\"torn-2\",\"action\":\"create\"}\r\n0\r\n\r\n")]
    [InlineData("torn-3", "22\r\n{\"id\":\"torn-3\",\"action\":\"create\"}\n")]
    [InlineData("torn-4", "FFFFFFFFFFFFFFFF1\r\n{\"id\":\"torn-4\",\"action\":\"create\"}")]
    public async Task A_torn_chunked_body_stores_nothing_and_costs_one_connection(string id, string chunks)
    {
        using var sender = await ConnectAsync();
        await SendAsync(sender, $"POST /audit/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: {Credential}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
        sender.Socket.Shutdown(SocketShutdown.Send);
        var answer = await StatusAsync(sender);
        Assert.True(answer is null || answer.StartsWith('4'), answer);
        await ServesAsync();
        Assert.False(await IsThereAsync(id));
    }

    [Theory]
    [InlineData(200_000, 1)]
    [InlineData(10, 20_000)]
    public async Task A_head_that_is_a_bomb_is_refused(int length, int fields)
    {
        using var sender = await ConnectAsync();
        var bomb = new StringBuilder("GET /audit/v1/events HTTP/1.1\r\nHost: a\r\n");
        for (var i = 0; i < fields; i++) bomb.Append("X-").Append(i).Append(": ").Append('x', length).Append("\r\n");
        try
        {
            await SendAsync(sender, bomb.Append("\r\n").ToString());
        }
        catch (IOException)
        {
            // It was told no before it had said all.
        }
        Assert.True(await StatusAsync(sender) is null or "431");
        await ServesAsync();
    }

    [Fact]
    public async Task Many_who_never_end_their_heads_keep_nobody_else_from_being_served()
    {
        var slow = new List<NetworkStream>();
        try
        {
            for (var i = 0; i < 300; i++)
            {
                var one = await ConnectAsync();
                slow.Add(one);
                await SendAsync(one, "GET /audit/v1/events HTTP/1.1\r\nHost: a\r\nX-Sl");
            }
            for (var i = 0; i < 20; i++)
            {
                await SendAsync(slow[i], "o");
                await ServesAsync();
            }
        }
        finally
        {
            foreach (var one in slow) one.Dispose();
        }
    }

    [Fact]
    public async Task Who_does_not_end_a_head_is_let_go()
    {
        using var slow = await ConnectAsync();
        await SendAsync(slow, "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Sl");
        // Without a limit the answer would never come.
        Assert.True(await StatusAsync(slow) is null or "408");
    }

    [Fact]
    public async Task What_follows_a_body_that_is_longer_than_its_length_is_no_part_of_it()
    {
        const string told = "{\"id\":\"told\",\"action\":\"create\"}", untold = "{\"id\":\"untold\",\"action\":\"create\"}";
        using var sender = await ConnectAsync();
        await SendAsync(sender, $"POST /audit/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: {Credential}\r\nContent-Length: {told.Length}\r\n\r\n{told}{untold}\r\n\r\n");
        Assert.Equal("200", await StatusAsync(sender));
        await ServesAsync();
        Assert.True(await IsThereAsync("told"));
        Assert.False(await IsThereAsync("untold"));
    }

    [Theory]
    [InlineData("/audit/v1/events/\u00ff\u00fe")]
    [InlineData("/audit/v1/events/%ff%fe%00")]
    [InlineData("/audit/v1/events?actor=%ff%c0%80")]
    [InlineData("/audit/v1/events/%")]
    [InlineData("/ingest/kubernetes/\u00ff/%ff")]
    [InlineData("/%c0%ae%c0%ae/%2e%2e/etc/passwd")]
    public async Task A_path_that_is_no_UTF8_is_answered_and_never_a_failure_of_the_service(string path)
    {
        foreach (var method in (string[])["GET", "POST"])
        {
            using var sender = await ConnectAsync();
            await SendAsync(sender, $"{method} {path} HTTP/1.1\r\nHost: a\r\nAuthorization: {Credential}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            var status = await StatusAsync(sender);
            Assert.True(status is not null && (status.StartsWith('4') || status == "200"), status);
        }
        await ServesAsync();
    }

    private string Credential => running.Client.DefaultRequestHeaders.Authorization!.ToString();

    private async Task<NetworkStream> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(running.Url.Host, running.Url.Port, Cancellation);
        return new(socket, ownsSocket: true);
    }

    private static async Task SendAsync(NetworkStream sender, string text) => await sender.WriteAsync(Encoding.Latin1.GetBytes(text), Cancellation);

    /// <returns>Null when the connection was closed without one.</returns>
    private static async Task<string?> StatusAsync(NetworkStream sender)
    {
        try
        {
            using var reader = new StreamReader(sender, leaveOpen: true);
            return (await reader.ReadLineAsync(Cancellation))?.Split(' ').ElementAtOrDefault(1);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task ServesAsync()
    {
        using var ready = await running.Client.GetAsync("/readyz", Cancellation);
        Assert.True(ready.IsSuccessStatusCode);
    }

    private async Task<bool> IsThereAsync(string id)
    {
        using var found = await running.Client.GetAsync("/audit/v1/events/" + id, Cancellation);
        return found.IsSuccessStatusCode;
    }
}
