using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Core.Access;
using Domesday.Events.Merkle;
using Domesday.Http.PlugIns;

namespace Domesday.Ingest.Tests.NativeJson;

/// <summary>Events over HTTP: what is answered, what is stored, and what becomes of the rest.</summary>
public class NativeJsonEndpointTests
{
    private const string Path = "/audit/v1/events";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ByteArrayContent Body(string text, string? type = "application/json", string? encoding = null) => Body(Encoding.UTF8.GetBytes(text), type, encoding);

    private static ByteArrayContent Body(byte[] bytes, string? type = "application/json", string? encoding = null)
    {
        var content = new ByteArrayContent(bytes);
        if (type is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return content;
    }

    private static byte[] Compressed(string encoding, byte[] bytes)
    {
        using var output = new MemoryStream();
        using (Stream stream = encoding == "gzip" ? new GZipStream(output, CompressionLevel.Optimal) : new BrotliStream(output, CompressionLevel.Fastest)) stream.Write(bytes);
        return output.ToArray();
    }

    private static string Lines(int count) => string.Concat(Enumerable.Range(0, count).Select(index => $"{{\"id\":\"e{index}\",\"action\":\"create\"}}\n"));

    [Fact]
    public async Task A_receipt_names_id_sequence_and_leaf_hash()
    {
        await using var host = await IngestHost.StartAsync();
        var (status, answer) = await host.PostAsync(Path, Body("""{"id":"é \"1\"","action":"create"}"""));
        Assert.Equal(200, status);
        var receipt = answer["receipts"]!.AsArray().Single()!;
        Assert.Equal("é \"1\"", receipt["id"]!.GetValue<string>());
        Assert.Equal(0, receipt["sequence"]!.GetValue<long>());
        Assert.False(receipt["duplicate"]!.GetValue<bool>());
        var entry = await host.Store.GetAsync(AccessScope.WholeTenant(IngestHost.Tenant), 0, Cancellation);
        Assert.Equal(MerkleHash.OfLeaf(entry.Value.Bytes.Span).ToBase64(), receipt["leaf_hash"]!.GetValue<string>());
        Assert.Null(answer["rejected"]);
    }

    [Theory]
    [InlineData("application/x-ndjson")]
    [InlineData("application/ndjson")]
    [InlineData("application/jsonl")]
    [InlineData("Application/X-NDJSON; charset=utf-8")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task Lines_are_taken_under_many_names(string? type)
    {
        await using var host = await IngestHost.StartAsync();
        var (status, answer) = await host.PostAsync(Path, Body(Lines(500), type));
        Assert.Equal(200, status);
        Assert.Equal(Enumerable.Range(0, 500).Select(index => $"e{index}"), answer["receipts"]!.AsArray().Select(receipt => receipt!["id"]!.GetValue<string>()));
        Assert.Equal(500, host.Store.Size(IngestHost.Tenant));
    }

    [Fact]
    public async Task An_array_is_stored_in_its_order_and_what_was_there_is_a_duplicate()
    {
        await using var host = await IngestHost.StartAsync();
        await host.PostAsync(Path, Body("""{"id":"b","action":"create"}"""));
        var (status, answer) = await host.PostAsync(Path, Body("""[{"id":"a","action":"create"}, {"id":"b","action":"delete"}, {"id":"c","action":"create"}]"""));
        Assert.Equal(200, status);
        Assert.Equal([(1, false), (0, true), (2, false)], answer["receipts"]!.AsArray().Select(receipt => (receipt!["sequence"]!.GetValue<int>(), receipt["duplicate"]!.GetValue<bool>())));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Compressed_bodies_are_taken(string encoding)
    {
        await using var host = await IngestHost.StartAsync();
        var (status, answer) = await host.PostAsync(Path, Body(Compressed(encoding, Encoding.UTF8.GetBytes(Lines(5_000))), "application/x-ndjson", encoding));
        Assert.Equal(200, status);
        Assert.Equal(5_000, answer["receipts"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_compressed_body_that_ends_early_is_refused_by_its_name(string encoding)
    {
        await using var host = await IngestHost.StartAsync();
        var whole = Compressed(encoding, Encoding.UTF8.GetBytes(Lines(5_000)));
        foreach (var length in new[] { whole.Length / 2, whole.Length - 1, 1 })
        {
            var (status, answer) = await host.PostAsync(Path + "?partial=true", Body(whole[..length], "application/x-ndjson", encoding));
            Assert.Equal(400, status);
            Assert.Contains(encoding, answer["detail"]!.GetValue<string>(), StringComparison.Ordinal);
            Assert.Equal(0, host.Store.Size(IngestHost.Tenant));
        }
        var (damaged, _) = await host.PostAsync(Path, Body([.. whole[..20], 0xFF, 0xFF, .. whole[22..]], "application/x-ndjson", encoding));
        Assert.Equal(400, damaged);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_zip_bomb_is_refused_at_the_limit(string encoding)
    {
        await using var host = await IngestHost.StartAsync(new BatchLimits(1_000_000, 1_000));
        var bomb = Compressed(encoding, new byte[200_000_000]);
        Assert.True(bomb.Length < 1_000_000);
        var (status, answer) = await host.PostAsync(Path, Body(bomb, "application/x-ndjson", encoding));
        Assert.Equal(413, status);
        Assert.Contains("1000000", answer["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bodies_and_batches_over_the_limits_are_too_large()
    {
        await using var host = await IngestHost.StartAsync(new BatchLimits(10_000, 100));
        Assert.Equal(413, (await host.PostAsync(Path, Body(Lines(101), "application/x-ndjson"))).Status);
        Assert.Equal(413, (await host.PostAsync(Path, Body(new string(' ', 10_001)))).Status);
        using var chunked = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(new string(' ', 10_001))));
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = chunked, Headers = { TransferEncodingChunked = true } };
        using var response = await host.Client.SendAsync(request, Cancellation);
        Assert.Equal(413, (int)response.StatusCode);
        Assert.Equal(0, host.Store.Size(IngestHost.Tenant));
        Assert.Equal(200, (await host.PostAsync(Path, Body(Lines(100), "application/x-ndjson"))).Status);
    }

    [Fact]
    public async Task An_unknown_compression_is_refused()
    {
        await using var host = await IngestHost.StartAsync();
        var (status, answer) = await host.PostAsync(Path, Body(Lines(1), "application/x-ndjson", "zstd"));
        Assert.Equal(400, status);
        Assert.Equal("Content-Encoding", answer["errors"]![0]!["field"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"action":5}""", "action", "must be text")]
    [InlineData("""{"action":"create","actor":"alice"}""", "actor", "must be an object")]
    [InlineData("""{"action":"create","actor":{"roles":"admin"}}""", "actor.roles", "must be a list")]
    [InlineData("""{"action":"create","sevice":"x"}""", "sevice", "not a member")]
    [InlineData("""{"action":"create","actor":{"Name":"x"}}""", "actor.Name", "not a member")]
    [InlineData("""{"action":"create","sequence":1}""", "sequence", "set by the service")]
    [InlineData("""{"action":"create","time":"yesterday"}""", "time", "RFC 3339")]
    [InlineData("""{"action":"create","time":1700000000}""", "time", "must be text")]
    [InlineData("""{"action":"create","time":"2026-02-30T00:00:00Z"}""", "time", "does not exist")]
    [InlineData("""{"action":"create","time":"2026-02-11T00:00:00"}""", "time", "no zone")]
    [InlineData("""{"action":"create","action":"delete"}""", "action", "twice")]
    [InlineData("""{"action":"create","raw":{"a":1,"b":{"c":1,"c":2}}}""", "raw.b.c", "twice")]
    [InlineData("""{"action":"create","operation":"\ud800"}""", "operation", "surrogate")]
    [InlineData("""{"action":"create","operation":"a\u0000b"}""", "operation", "NUL")]
    [InlineData("""{"action":"create","raw":{"n":1e999}}""", "raw.n", "double")]
    [InlineData("""{"action":"create","raw":null}""", "raw", "null")]
    [InlineData("""{"action":"create","operation":""}""", "operation", "empty")]
    [InlineData("""{"action":"create","outcome":{"status":1.5}}""", "outcome.status", "whole number")]
    [InlineData("""{"action":"create","source":{"ip":"localhost"}}""", "source.ip", "address")]
    [InlineData("""{"action":"create","labels":{"domesday.time":"x"}}""", "labels.domesday.time", "belongs to the service")]
    [InlineData("""{"actor":{"name":"x"}}""", "action", "missing")]
    [InlineData("""{"action":"create",}""", "", "JSON")]
    [InlineData("""{"action":"create"}}""", "", "JSON")]
    [InlineData("""{"action":"create""", "", "JSON")]
    [InlineData("true", "", "must be an object")]
    [InlineData("""{"action":"create"} {"action":"create"}""", "", "JSON")]
    public async Task A_bad_event_is_refused_with_its_field_and_the_reason(string json, string field, string reason)
    {
        await using var host = await IngestHost.StartAsync();
        var (status, answer) = await host.PostAsync(Path, Body(json));
        Assert.Equal((400, "/problems/invalid"), (status, answer["type"]!.GetValue<string>()));
        var error = Assert.Single(answer["errors"]!.AsArray())!;
        Assert.Equal((0, field), (error["index"]!.GetValue<int>(), error["field"]!.GetValue<string>()));
        Assert.Contains(reason, error["reason"]!.GetValue<string>(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, host.Store.Size(IngestHost.Tenant));
    }

    [Fact]
    public async Task Invalid_utf_8_too_deep_and_too_big_do_not_spoil_their_neighbours()
    {
        await using var host = await IngestHost.StartAsync();
        byte[] body =
        [
            .. "{\"action\":\"create\",\"id\":\"good 1\"}\n"u8,
            .. "{\"action\":\"create\",\"operation\":\""u8, 0xC3, 0x28, .. "\"}\n"u8,
            .. Encoding.UTF8.GetBytes($"{{\"action\":\"create\",\"raw\":{new string('[', 100)}{new string(']', 100)}}}\n"),
            .. Encoding.UTF8.GetBytes($"{{\"action\":\"create\",\"raw\":\"{new string('x', 5_000_000)}\"}}\n"),
            .. "{\"action\":\"create\",\"id\":\"good 2\"}\n"u8,
        ];
        var (status, answer) = await host.PostAsync(Path + "?partial=true", Body(body, "application/x-ndjson"));
        Assert.Equal(200, status);
        Assert.Equal(["good 1", "good 2"], answer["receipts"]!.AsArray().Select(receipt => receipt!["id"]!.GetValue<string>()));
        var rejected = answer["rejected"]!.AsArray();
        Assert.Equal([1, 2, 3], rejected.Select(item => item!["index"]!.GetValue<int>()));
        string[] reasons = ["UTF-8", "deeper", "more than"];
        Assert.All(rejected.Zip(reasons), pair => Assert.Contains(pair.Second, pair.First!["errors"]![0]!["reason"]!.GetValue<string>(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_or_nothing_is_the_rule_and_every_bad_index_is_named()
    {
        await using var host = await IngestHost.StartAsync();
        var (status, answer) = await host.PostAsync(Path, Body("{\"action\":\"create\"}\n{}\n{\"action\":\"create\"}\nnonsense\n", "application/x-ndjson"));
        Assert.Equal(400, status);
        Assert.Equal([1, 3], answer["errors"]!.AsArray().Select(error => error!["index"]!.GetValue<int>()).Distinct());
        Assert.Equal(0, host.Store.Size(IngestHost.Tenant));
    }

    [Fact]
    public async Task The_rest_is_kept_in_quarantine_when_asked_for()
    {
        await using var host = await IngestHost.StartAsync();
        var (status, answer) = await host.PostAsync(Path + "?quarantine=true", Body("{\"action\":\"create\"}\nnonsense\n{}\n", "application/x-ndjson"));
        Assert.Equal(200, status);
        Assert.Equal((1, 2), (answer["receipts"]!.AsArray().Count, answer["quarantined"]!.GetValue<int>()));
        Assert.Equal(2, (await host.QuarantineAsync()).Count);
        (status, answer) = await host.PostAsync(Path + "?quarantine=true", Body("[{\"action\":\"create\"},{\"acti", "application/json"));
        Assert.Equal(200, status);
        Assert.Equal((0, 1), (answer["receipts"]!.AsArray().Count, answer["quarantined"]!.GetValue<int>()));
        Assert.Equal(1, host.Store.Size(IngestHost.Tenant));
    }

    [Fact]
    public async Task An_unknown_parameter_is_refused_with_the_one_that_was_meant()
    {
        await using var host = await IngestHost.StartAsync();
        var (status, answer) = await host.PostAsync(Path + "?quarantin=true&partial=yes", Body("""{"action":"create"}"""));
        Assert.Equal(400, status);
        Assert.Equal(["partial", "quarantin"], answer["errors"]!.AsArray().Select(error => error!["field"]!.GetValue<string>()).Order());
        Assert.Contains("did you mean quarantine?", answer.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(0, host.Store.Size(IngestHost.Tenant));
    }

    [Fact]
    public async Task A_sender_that_is_limited_to_projects_writes_of_no_other()
    {
        await using var host = await IngestHost.StartAsync(projects: ["alpha"]);
        Assert.Equal(200, (await host.PostAsync(Path, Body("""{"action":"create","scope":{"project":{"id":"alpha"}}}"""))).Status);
        var (status, answer) = await host.PostAsync(Path, Body("""{"action":"create","scope":{"project":{"id":"beta"}}}"""));
        Assert.Equal((400, "scope.project.id"), (status, answer["errors"]![0]!["field"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_store_that_takes_no_more_answers_503_with_the_time_to_come_again()
    {
        await using var host = await IngestHost.StartAsync(through: store => new StoreInBetween(store) { Refusal = new(Core.Problems.ProblemKind.Unavailable, "The disk is full.", RetryAfter: TimeSpan.FromSeconds(7)) });
        using var response = await host.Client.PostAsync(Path, Body("""{"action":"create"}"""), Cancellation);
        Assert.Equal((503, "7"), ((int)response.StatusCode, response.Headers.RetryAfter?.ToString()));
    }

    [Fact]
    public async Task A_sender_that_hangs_up_does_not_stop_the_append()
    {
        StoreInBetween? gate = null;
        await using var host = await IngestHost.StartAsync(through: store => gate = new StoreInBetween(store) { Gate = new(TaskCreationOptions.RunContinuationsAsynchronously) });
        using var given = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var sending = host.Client.PostAsync(Path, Body(Lines(300), "application/x-ndjson"), given.Token);
        await gate!.Arrived.WaitAsync(Cancellation);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        gate.Gate!.SetResult();
        await host.Store.WaitBeyondAsync(IngestHost.Tenant, 299, Cancellation);
        Assert.Equal(Enumerable.Range(0, 300).Select(index => $"e{index}"), (await host.EventsAsync()).Select(stored => stored.Id));
    }

    [Theory]
    [InlineData("Content-Length: 5000\r\n\r\n{\"action\":\"create\"}\n{\"act")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n14\r\n{\"action\":\"create\"}\n\r\n5\r\n{\"act\r\n")]
    public async Task A_body_that_breaks_off_stores_nothing(string rest)
    {
        await using var host = await IngestHost.StartAsync();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(host.Url.Host, host.Url.Port, Cancellation);
            await using var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {Path}?partial=true HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n{rest}"), Cancellation);
            socket.Client.Shutdown(SocketShutdown.Send);
            Assert.DoesNotContain("200 OK", await AnswerAsync(stream), StringComparison.Ordinal);
        }
        Assert.Equal(200, (await host.PostAsync(Path, Body("""{"action":"create","id":"after"}"""))).Status);
        Assert.Equal("after", Assert.Single(await host.EventsAsync()).Id);
    }

    /// <summary>What came before the connection was closed, or cut.</summary>
    private static async Task<string> AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream);
        try
        {
            return await reader.ReadToEndAsync(Cancellation);
        }
        catch (IOException)
        {
            return "";
        }
    }

    [Fact]
    public async Task Sixty_four_senders_at_once_get_their_own_receipts()
    {
        await using var host = await IngestHost.StartAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancellation }, async (sender, _) =>
        {
            for (var batch = 0; batch < 5; batch++)
            {
                var ids = Enumerable.Range(0, 20).Select(index => $"{sender}/{batch}/{index}").ToList();
                var (status, answer) = await host.PostAsync(Path, Body(string.Concat(ids.Select(id => new JsonObject { ["id"] = id, ["action"] = "create" }.ToJsonString() + "\n")), "application/x-ndjson"));
                Assert.Equal(200, status);
                Assert.Equal(ids, answer["receipts"]!.AsArray().Select(receipt => receipt!["id"]!.GetValue<string>()));
            }
        });
        Assert.Equal(64 * 100, host.Store.Size(IngestHost.Tenant));
    }
}
