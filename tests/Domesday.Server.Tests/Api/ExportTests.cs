using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Domesday.Client.Verification;
using Domesday.Core.Export;
using Domesday.Core.Storage;
using Domesday.Events;

namespace Domesday.Server.Tests.Api;

/// <summary>Everything that matches leaves as a file, whole or visibly not.</summary>
public class ExportTests
{
    private const int Count = 2_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<ApiHost> SampleAsync(Func<IEventReader, IEventReader>? through = null, ICheckpointSource? checkpoints = null)
    {
        var host = await ApiHost.StartAsync(through, new FixedTime(new DateTimeOffset(2026, 2, 11, 22, 21, 2, TimeSpan.Zero)), checkpoints);
        await host.AppendAsync(Enumerable.Range(0, Count).Select(index => new AuditEvent
        {
            Id = $"e{index}",
            Action = index % 2 == 0 ? "create" : "delete",
            Operation = index % 100 == 0 ? "=1+1" : $"operation {index} with \"quotes\"",
            Scope = new() { Project = new() { Id = index % 4 == 0 ? "alpha" : "beta" } },
        }));
        return host;
    }

    private static async Task<byte[]> BytesAsync(ApiHost host, string path, string? tenant = null, string? projects = null)
    {
        using var response = await host.SendAsync(HttpMethod.Get, path, tenant, projects);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync(Cancellation);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?format=ndjson")]
    [InlineData("?order=asc&sort=sequence")]
    public async Task Lines_are_the_ledgers_own_bytes_oldest_first(string query)
    {
        await using var host = await SampleAsync();
        Assert.Equal(string.Concat((await host.TextsAsync()).Select(text => text + "\n")), Encoding.UTF8.GetString(await BytesAsync(host, "/export" + query)));
    }

    [Fact]
    public async Task Filters_orders_and_scopes_hold_for_exports_too()
    {
        await using var host = await SampleAsync();
        var lines = Encoding.UTF8.GetString(await BytesAsync(host, "/export?order=desc&action=delete&from_sequence=10&to_sequence=20")).Split('\n');
        Assert.Equal((await host.TextsAsync()).Where((_, index) => index is > 10 and < 20 && index % 2 == 1).Reverse(), lines[..^1]);
        Assert.Equal(Count / 4, Encoding.UTF8.GetString(await BytesAsync(host, "/export", projects: "alpha")).Count(unit => unit == '\n'));
        Assert.Empty(await BytesAsync(host, "/export", projects: ","));
        Assert.Equal(Count, Encoding.UTF8.GetString(await BytesAsync(host, "/export", tenant: "*")).Count(unit => unit == '\n'));
    }

    [Fact]
    public async Task An_array_and_a_table_hold_the_same_events()
    {
        await using var host = await SampleAsync();
        var texts = await host.TextsAsync();
        using var array = JsonDocument.Parse(await BytesAsync(host, "/export?format=json"));
        Assert.Equal(texts, array.RootElement.EnumerateArray().Select(element => element.GetRawText()));
        var csv = Encoding.UTF8.GetString(await BytesAsync(host, "/export?format=csv"));
        Assert.Contains(",'=1+1,", csv, StringComparison.Ordinal);
        var reader = new CsvExportReader(new StringReader(csv));
        foreach (var text in texts) Assert.Equal(text, Encoding.UTF8.GetString(reader.Read().Value!));
        Assert.Null(reader.Read().Value);
    }

    [Theory]
    [InlineData("ndjson", "application/x-ndjson")]
    [InlineData("json", "application/json")]
    [InlineData("csv", "text/csv; charset=utf-8; header=present")]
    public async Task The_file_has_a_name_and_a_type(string format, string type)
    {
        await using var host = await SampleAsync();
        using var response = await host.SendAsync(HttpMethod.Get, $"/export?format={format}");
        Assert.Equal($"attachment; filename=\"domesday-acme-20260211T222102Z.{format}\"", response.Content.Headers.ContentDisposition?.ToString());
        Assert.Equal(type, response.Content.Headers.ContentType?.ToString());
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("br, gzip;q=0.5", "gzip")]
    [InlineData("gzip;q=0, br", "br")]
    [InlineData("identity", null)]
    public async Task It_is_compressed_when_asked(string accepted, string? encoding)
    {
        await using var host = await SampleAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/audit/v1/export");
        foreach (var wish in accepted.Split(", ")) request.Headers.AcceptEncoding.Add(StringWithQualityHeaderValue.Parse(wish));
        using var response = await host.Client.SendAsync(request, Cancellation);
        Assert.Equal(encoding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
        await using var plain = encoding switch { "gzip" => new GZipStream(stream, CompressionMode.Decompress), "br" => new BrotliStream(stream, CompressionMode.Decompress), _ => stream };
        using var reader = new StreamReader(plain);
        Assert.Equal(string.Concat((await host.TextsAsync()).Select(text => text + "\n")), await reader.ReadToEndAsync(Cancellation));
    }

    [Theory]
    [InlineData("", Count)]
    [InlineData("action=create&exclude_service=x", Count / 2)]
    [InlineData("action=nothing", 0)]
    public async Task A_manifest_lets_the_file_be_checked_offline(string query, int count)
    {
        await using var host = await SampleAsync();
        var file = await BytesAsync(host, $"/export?manifest=true&{query}");
        var manifest = Manifest(file);
        Assert.Equal((query, "acme", count, false), (manifest["query"]!.GetValue<string>(), manifest["tenant"]!.GetValue<string>(), manifest["count"]!.GetValue<int>(), manifest.ContainsKey("checkpoint")));
        Assert.Equal(VerificationOutcome.Verified, (await VerifyAsync(file)).Outcome);
        if (count == 0) return;
        file[10] ^= 1;
        Assert.Equal(VerificationOutcome.Broken, (await VerifyAsync(file)).Outcome);
    }

    [Fact]
    public async Task A_manifest_carries_the_newest_checkpoint_of_its_tenant()
    {
        await using var host = await SampleAsync(checkpoints: new FixedCheckpoint());
        Assert.Equal("note of acme", Manifest(await BytesAsync(host, "/export?manifest=true"))["checkpoint"]!.GetValue<string>());
        Assert.False(Manifest(await BytesAsync(host, "/export?manifest=true", tenant: "*")).ContainsKey("checkpoint"));
    }

    private static JsonObject Manifest(byte[] file) =>
        JsonNode.Parse(Encoding.UTF8.GetString(file).TrimEnd('\n').Split('\n')[^1])!["domesday_manifest"]!.AsObject();

    private static Task<VerificationReport> VerifyAsync(byte[] file) =>
        new ExportVerifier(() => new MemoryStream(file), fetch: null).VerifyAsync(new(), null, Cancellation);

    [Theory]
    [InlineData("format=xml", "format", "ndjson, json, csv")]
    [InlineData("format=csv&manifest=true", "manifest", "ndjson")]
    [InlineData("limit=5", "limit", "not a parameter")]
    [InlineData("acton=x", "acton", "action")]
    public async Task What_cannot_be_exported_so_is_refused(string query, string field, string reason)
    {
        await using var host = await SampleAsync();
        var (status, problem) = await host.AskAsync(HttpMethod.Get, "/export?" + query);
        var error = Assert.Single(problem["errors"]!.AsArray())!;
        Assert.Equal((400, field), (status, error["field"]!.GetValue<string>()));
        Assert.Contains(reason, error["reason"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("identity", "ndjson")]
    [InlineData("gzip", "ndjson")]
    [InlineData("br", "csv")]
    [InlineData("gzip", "json")]
    public async Task An_export_that_fails_midway_is_cut_so_it_never_looks_complete(string encoding, string format)
    {
        await using var host = await SampleAsync(reader => new FailingReader(reader, batches: 5));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/audit/v1/export?format={format}");
        request.Headers.AcceptEncoding.Add(new(encoding));
        await Assert.ThrowsAnyAsync<HttpRequestException>(async () =>
        {
            using var response = await host.Client.SendAsync(request, Cancellation);
        });
    }

    [Fact]
    public async Task An_export_that_fails_before_the_first_byte_says_why()
    {
        await using var host = await SampleAsync(reader => new FailingReader(reader, batches: 0));
        var (status, problem) = await host.AskAsync(HttpMethod.Get, "/export");
        Assert.Equal((500, "/problems/corrupt"), (status, problem["type"]!.GetValue<string>()));
    }

    private sealed class FixedCheckpoint : ICheckpointSource
    {
        public string? Latest(string tenant) => $"note of {tenant}";
    }
}
