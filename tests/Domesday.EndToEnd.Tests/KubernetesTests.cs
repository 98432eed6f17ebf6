using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.EndToEnd.Tests;

/// <summary>What real kube-apiservers posted, from the webhook to the proof.</summary>
public sealed class KubernetesTests
{
    private static readonly string[] Payloads = ["eventlist-apiserver-bootstrap-50.json", "eventlist-kubectl-session.json", "eventlist-single-create-namespace.json"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_kube_apiserver_posts_is_found_exported_followed_and_proven()
    {
        using var folder = new TestFolder();
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        using var admin = service.Admin();
        var items = await PostAllAsync(service, await admin.KeyAsync("write"));
        using var reader = service.Bearer(await admin.KeyAsync("read"));
        await FoundAsync(reader, items);
        await ExportedAsync(reader, items);
        await FollowedAsync(reader, items);
        // The service's own events stand in the same ledger.
        var kept = await reader.JsonAsync("/audit/v1/events?source_kind=kubernetes&limit=1000");
        var (size, root) = await reader.CheckpointAsync(kept["events"]!.AsArray().Max(one => one!["sequence"]!.GetValue<long>()) + 1);
        var (computed, entries) = await TileRoot.ComputeAsync(reader, size);
        Assert.Equal(root, computed);
        var proven = entries.Select(entry => JsonNode.Parse(entry)!["id"]!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(items.Select(IdOf).Except(proven));
    }

    [Fact]
    public async Task A_batch_that_the_apiserver_repeats_is_stored_once()
    {
        using var folder = new TestFolder();
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        using var admin = service.Admin();
        var key = await admin.KeyAsync("write");
        var items = await PostAllAsync(service, key);
        await PostAllAsync(service, key);
        Assert.Equal(items.Count, (await admin.JsonAsync("/audit/v1/events?source_kind=kubernetes&limit=1&total=true"))["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_wrong_key_in_the_path_is_refused_and_nothing_is_kept()
    {
        using var folder = new TestFolder();
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        using var admin = service.Admin();
        var key = await admin.KeyAsync("write");
        using var nobody = service.Client(null);
        using var content = new ByteArrayContent(await PayloadAsync(Payloads[2]));
        using var response = await nobody.PostAsync($"/ingest/kubernetes/{key[..^1]}{(key[^1] == 'a' ? 'b' : 'a')}", content, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(0, (await admin.JsonAsync("/audit/v1/events?source_kind=kubernetes&limit=1&total=true"))["total"]!.GetValue<int>());
    }

    /// <returns>The items that were posted, each once.</returns>
    private static async Task<IReadOnlyList<JsonNode>> PostAllAsync(ServiceProcess service, string key)
    {
        using var apiserver = service.Client(null);
        var items = new List<JsonNode>();
        foreach (var payload in Payloads)
        {
            var bytes = await PayloadAsync(payload);
            using var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = new("application/json");
            using var response = await apiserver.PostAsync($"/ingest/kubernetes/{key}?timeout=30s", content, Cancellation);
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
            Assert.True(response.IsSuccessStatusCode, answer.ToJsonString());
            Assert.Equal(0, answer["quarantined"]!.GetValue<int>());
            items.AddRange(JsonNode.Parse(bytes)!["items"]!.AsArray().Select(item => item!.DeepClone()));
        }
        return [.. items.DistinctBy(IdOf)];
    }

    private static async Task<byte[]> PayloadAsync(string name) => await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "fixtures", name), Cancellation);

    private static string IdOf(JsonNode item) => $"{item["auditID"]}/{item["stage"]}";

    private static async Task FoundAsync(HttpClient reader, IReadOnlyList<JsonNode> items)
    {
        var page = await reader.JsonAsync("/audit/v1/events?source_kind=kubernetes&total=true&limit=1000");
        Assert.Equal(items.Count, page["total"]!.GetValue<int>());
        Assert.Equal(items.Select(IdOf).Order(StringComparer.Ordinal), page["events"]!.AsArray().Select(one => one!["id"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        var some = items.First(item => item["objectRef"]?["name"] is not null);
        var byRequest = await reader.JsonAsync($"/audit/v1/events?q={some["auditID"]}");
        Assert.Equal(items.Count(item => item["auditID"]!.GetValue<string>() == some["auditID"]!.GetValue<string>()), byRequest["events"]!.AsArray().Count);
        var user = some["user"]!["username"]!.GetValue<string>();
        var byActor = await reader.JsonAsync($"/audit/v1/events?source_kind=kubernetes&limit=1000&actor_name={Uri.EscapeDataString(user)}");
        Assert.Equal(items.Count(item => item["user"]?["username"]?.GetValue<string>() == user), byActor["events"]!.AsArray().Count);
        var facets = await reader.JsonAsync("/audit/v1/facets?source_kind=kubernetes");
        Assert.Equal(items.Count, facets["source_kind"]!.AsArray().Sum(one => one!["count"]!.GetValue<int>()));
        var creates = facets["action"]!.AsArray().Single(one => one!["value"]!.GetValue<string>() == "create")!["count"]!.GetValue<int>();
        Assert.Equal(creates, (await reader.JsonAsync("/audit/v1/events?source_kind=kubernetes&action=create&total=true&limit=1"))["total"]!.GetValue<int>());
        var histogram = await reader.JsonAsync("/audit/v1/histogram?source_kind=kubernetes");
        Assert.Equal(items.Count, histogram["buckets"]!.AsArray().Sum(bucket => bucket!["count"]!.GetValue<int>()));
    }

    private static async Task ExportedAsync(HttpClient reader, IReadOnlyList<JsonNode> items)
    {
        var lines = (await reader.GetStringAsync("/audit/v1/export?source_kind=kubernetes&format=ndjson", Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(items.Count, lines.Length);
        var array = JsonNode.Parse(await reader.GetStringAsync("/audit/v1/export?source_kind=kubernetes&format=json", Cancellation))!;
        var events = array as JsonArray ?? array["events"]!.AsArray();
        Assert.Equal(lines.Select(line => JsonNode.Parse(line)!["id"]!.GetValue<string>()), events.Select(one => one!["id"]!.GetValue<string>()));
        var csv = await reader.GetStringAsync("/audit/v1/export?source_kind=kubernetes&format=csv", Cancellation);
        Assert.All(items, item => Assert.Contains(IdOf(item), csv, StringComparison.Ordinal));
    }

    /// <summary>From the beginning, with the position that the tail gives out.</summary>
    private static async Task FollowedAsync(HttpClient reader, IReadOnlyList<JsonNode> items)
    {
        var seen = new List<string>();
        string? last = null;
        while (seen.Count < items.Count)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/audit/v1/tail?source_kind=kubernetes&from_sequence=0");
            if (last is not null) request.Headers.Add("Last-Event-ID", last);
            using var response = await reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation), Encoding.UTF8);
            // Each connection is left after some events: the next one goes on without gap or repeat.
            for (var taken = 0; taken < 40 && seen.Count < items.Count;)
            {
                var line = await lines.ReadLineAsync(Cancellation);
                Assert.NotNull(line);
                if (line.StartsWith("id:", StringComparison.Ordinal)) last = line[3..].Trim();
                if (!line.StartsWith("data:", StringComparison.Ordinal)) continue;
                seen.Add(JsonNode.Parse(line[5..])!["id"]!.GetValue<string>());
                taken++;
            }
        }
        Assert.Equal(items.Select(IdOf).Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }
}
