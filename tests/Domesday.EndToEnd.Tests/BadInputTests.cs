using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.EndToEnd.Tests;

/// <summary>What no sender should send, over a real port: each is refused with its reasons, and the service goes on.</summary>
public sealed class BadInputTests(BadInputTests.Running running) : IClassFixture<BadInputTests.Running>
{
    private const int MebiByte = 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> BadEvents => new()
    {
        { "wrong type", """{"id":7,"action":"create"}""" },
        { "unknown member", """{"id":"bad","action":"create","colour":"red"}""" },
        { "member of the service", """{"id":"bad","action":"create","sequence":1}""" },
        { "null", """{"id":"bad","action":null}""" },
        { "empty text", """{"id":"bad","action":""}""" },
        { "time without a zone", """{"id":"bad","action":"create","time":"2026-02-11T22:21:02"}""" },
        { "time in words", """{"id":"bad","action":"create","time":"yesterday"}""" },
        { "time as a number", """{"id":"bad","action":"create","time":1770000000}""" },
        { "repeated member", """{"id":"bad","action":"create","action":"delete"}""" },
        { "half of a surrogate pair", "{\"id\":\"bad\",\"action\":\"cre\\ud800ate\"}" },
        { "NUL", "{\"id\":\"bad\",\"action\":\"cre\\u0000ate\"}" },
        { "number beyond a double", """{"id":"bad","action":"create","raw":{"n":1e999}}""" },
        { "too deep", $$"""{"id":"bad","action":"create","raw":{{string.Concat(Enumerable.Repeat("{\"a\":", 5_000))}}1{{new string('}', 5_000)}}}""" },
        { "not an object", "\"event\"" },
        { "not JSON", "event" },
        { "cut off", """{"id":"bad","acti""" },
        { "two values", """{"id":"bad","action":"create"} {"id":"bad2","action":"create"}""" },
        { "too large", $$"""{"id":"bad","action":"create","raw":{"text":"{{new string('x', 5 * MebiByte)}}"} }""" },
    };

    [Theory]
    [MemberData(nameof(BadEvents))]
    public async Task A_bad_event_is_refused_with_its_reason_and_its_neighbours_are_kept_when_wanted(string what, string bad)
    {
        var (before, after) = ($"{what}-before".Replace(' ', '-'), $"{what}-after".Replace(' ', '-'));
        using var alone = await PostAsync(bad, "application/json");
        await RefusedAsync(alone, what);
        var batch = $"{Api.Event(before)}\n{bad}\n{Api.Event(after)}\n";
        using var whole = await PostAsync(batch, "application/x-ndjson");
        await RefusedAsync(whole, what);
        Assert.False(await IsThereAsync(before), "half a batch was stored");
        using var partial = await PostAsync(batch, "application/x-ndjson", "?partial=true");
        var answer = await JsonAsync(partial);
        Assert.True(partial.IsSuccessStatusCode, answer.ToJsonString());
        Assert.Equal([before, after], answer["receipts"]!.AsArray().Select(receipt => receipt!["id"]!.GetValue<string>()));
        Assert.Equal(1, Assert.Single(answer["rejected"]!.AsArray())!["index"]!.GetValue<int>());
        await AliveAsync(what);
    }

    [Fact]
    public async Task Every_fault_of_a_batch_is_named_with_its_place()
    {
        using var response = await PostAsync("""[{"id":"a","colour":"red","action":7},{"id":"good","action":"create"},{"time":"yesterday","action":"create"}]""", "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var errors = (await JsonAsync(response))["errors"]!.AsArray();
        Assert.Contains(errors, error => error!["index"]!.GetValue<int>() == 0 && error["field"]!.GetValue<string>() == "colour");
        Assert.Contains(errors, error => error!["index"]!.GetValue<int>() == 0 && error["field"]!.GetValue<string>() == "action");
        Assert.Contains(errors, error => error!["index"]!.GetValue<int>() == 2 && error["field"]!.GetValue<string>() == "time");
        Assert.DoesNotContain(errors, error => error!["index"]!.GetValue<int>() == 1);
    }

    [Fact]
    public async Task Invalid_utf8_is_refused()
    {
        using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes("{\"id\":\"utf8\",\"action\":\"cre"), 0xC3, 0x28, .. Encoding.UTF8.GetBytes("ate\"}")]);
        using var response = await running.Client.PostAsync("/audit/v1/events", content, Cancellation);
        await RefusedAsync(response, "invalid UTF-8");
    }

    [Fact]
    public async Task A_time_absurdly_far_off_is_kept_and_flagged()
    {
        using var response = await PostAsync("""{"id":"far-off","time":"9999-01-01T00:00:00Z","action":"create"}""", "application/json");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var kept = await running.Client.JsonAsync("/audit/v1/events/far-off");
        Assert.Contains("domesday.time", kept.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zip_bomb_and_gzip_that_is_cut_or_damaged_are_refused()
    {
        var bomb = Gzip(new byte[100 * MebiByte]);
        Assert.True(bomb.Length < MebiByte);
        using var bombed = await PostGzipAsync(bomb);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, bombed.StatusCode);
        var good = Gzip(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => Api.Event($"gzip-{i}") + "\n"))));
        using var cut = await PostGzipAsync(good[..^20]);
        await RefusedAsync(cut, "cut gzip");
        var damaged = (byte[])good.Clone();
        damaged[good.Length / 2] ^= 8;
        using var flipped = await PostGzipAsync(damaged);
        await RefusedAsync(flipped, "damaged gzip");
        Assert.False(await IsThereAsync("gzip-0"));
        using var whole = await PostGzipAsync(good);
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
    }

    [Fact]
    public async Task A_body_larger_than_allowed_is_refused_whether_its_length_is_said_or_not()
    {
        var body = new byte[70 * MebiByte];
        using var said = new ByteArrayContent(body);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await StatusOrCutAsync(said));
        using var unsaid = new StreamContent(new MemoryStream(body));
        unsaid.Headers.ContentLength = null;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await StatusOrCutAsync(unsaid));
        await AliveAsync("large bodies");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nBad Header\r\n\r\n")]
    [InlineData("POST /audit/v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /audit/v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("\0\u0001\u0002garbage\r\n\r\n")]
    public async Task What_is_no_http_costs_one_connection(string bytes)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(running.Url.Host, running.Url.Port, Cancellation);
        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(bytes), Cancellation);
        var answer = await new StreamReader(socket.GetStream()).ReadLineAsync(Cancellation);
        Assert.True(answer is null || answer.Contains(" 4", StringComparison.Ordinal), answer);
        await AliveAsync("no HTTP");
    }

    [Fact]
    public async Task A_sender_that_goes_away_amid_a_body_stores_nothing_and_disturbs_nobody()
    {
        for (var i = 0; i < 20; i++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(running.Url.Host, running.Url.Port, Cancellation);
            var authorization = running.Client.DefaultRequestHeaders.Authorization;
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /audit/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: {authorization}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{Api.Event("gone-away")}\n"), Cancellation);
        }
        await AliveAsync("senders gone");
        Assert.False(await IsThereAsync("gone-away"));
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal)) gzip.Write(bytes);
        return output.ToArray();
    }

    private async Task<HttpResponseMessage> PostAsync(string body, string type, string query = "")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new(type);
        return await running.Client.PostAsync("/audit/v1/events" + query, content, Cancellation);
    }

    private async Task<HttpResponseMessage> PostGzipAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/x-ndjson");
        content.Headers.ContentEncoding.Add("gzip");
        return await running.Client.PostAsync("/audit/v1/events", content, Cancellation);
    }

    /// <summary>A server may answer before it has read everything, and then closes the connection: the sender sees the one or the other.</summary>
    private async Task<HttpStatusCode> StatusOrCutAsync(HttpContent content)
    {
        try
        {
            using var response = await running.Client.PostAsync("/audit/v1/events", content, Cancellation);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return HttpStatusCode.RequestEntityTooLarge;
        }
    }

    private static async Task<JsonObject> JsonAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!.AsObject();

    private static async Task RefusedAsync(HttpResponseMessage response, string what)
    {
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge, $"{what}: {(int)response.StatusCode} {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty(JsonNode.Parse(text)!["detail"]!.GetValue<string>());
    }

    private async Task<bool> IsThereAsync(string id)
    {
        using var response = await running.Client.GetAsync($"/audit/v1/events/{Uri.EscapeDataString(id)}", Cancellation);
        return response.StatusCode == HttpStatusCode.OK;
    }

    private async Task AliveAsync(string what) => Assert.Equal(HttpStatusCode.OK, await running.Client.SendAsync($"alive-{what}".Replace(' ', '-'), Cancellation));

    /// <summary>One service for all of them: what one of them breaks, the next one notices.</summary>
    public sealed class Running : IAsyncLifetime
    {
        private readonly TestFolder _folder = new();
        private ServiceProcess? _service;

        public Uri Url => _service!.Url;

        public HttpClient Client { get; private set; } = new();

        public async ValueTask InitializeAsync()
        {
            _service = await ServiceProcess.StartAsync(_folder["data"]);
            using var admin = _service.Admin();
            Client = _service.Bearer(await admin.KeyAsync("read", "write"));
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            if (_service is not null) await _service.DisposeAsync();
            _folder.Dispose();
        }
    }
}
