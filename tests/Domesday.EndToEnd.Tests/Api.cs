using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Domesday.EndToEnd.Tests;

/// <summary>The native API as a program that knows nothing but its documentation uses it.</summary>
internal static class Api
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<JsonObject> GetAsync(this HttpClient client, string path, HttpStatusCode expected)
    {
        using var response = await client.GetAsync(path, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == expected, $"{path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!.AsObject();
    }

    public static Task<JsonObject> JsonAsync(this HttpClient client, string path) => client.GetAsync(path, HttpStatusCode.OK);

    public static async Task<string> KeyAsync(this HttpClient admin, params string[] rights)
    {
        var body = new JsonObject { ["name"] = "test", ["rights"] = new JsonArray([.. rights.Select(right => JsonValue.Create(right))]) };
        using var response = await admin.PostAsync("/audit/v1/keys", Json(body.ToJsonString()), Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["key"]!.GetValue<string>();
    }

    public static StringContent Json(string text, string type = "application/json") => new(text, Encoding.UTF8, type);

    public static string Event(string id, string resource = "r-1") =>
        $$"""{"id":"{{id}}","time":"2026-02-11T22:21:02Z","service":"network","action":"create","actor":{"type":"user","name":"alice"},"resource":{"type":"router","id":"{{resource}}"} }""";

    /// <summary>Sends one event.</summary>
    /// <returns>Whether it was acknowledged.</returns>
    public static async Task<HttpStatusCode> SendAsync(this HttpClient client, string id, CancellationToken cancellation)
    {
        using var content = Json(Event(id));
        using var response = await client.PostAsync("/audit/v1/events", content, cancellation);
        // Acknowledged is what came in whole: a status without the receipt is none.
        await response.Content.ReadAsByteArrayAsync(cancellation);
        return response.StatusCode;
    }

    /// <summary>The ids of all events that came over the native source, in the order of the ledger.</summary>
    public static async Task<IReadOnlyList<string>> IdsAsync(this HttpClient client)
    {
        var ids = new List<string>();
        using var reader = new StreamReader(await client.GetStreamAsync("/audit/v1/export?source_kind=native", Cancellation));
        while (await reader.ReadLineAsync(Cancellation) is { } line)
        {
            using var parsed = JsonDocument.Parse(line);
            ids.Add(parsed.RootElement.GetProperty("id").GetString()!);
        }
        return ids;
    }

    /// <summary>Waits for a checkpoint that covers so many events.</summary>
    /// <returns>Its size and its root.</returns>
    public static async Task<(long Size, string Root)> CheckpointAsync(this HttpClient client, long sizeMin)
    {
        while (true)
        {
            using var response = await client.GetAsync("/audit/v1/log/checkpoint", Cancellation);
            var lines = (await response.Content.ReadAsStringAsync(Cancellation)).Split('\n');
            if (response.IsSuccessStatusCode && long.Parse(lines[1], CultureInfo.InvariantCulture) is var size && size >= sizeMin) return (size, lines[2]);
            await Task.Delay(50, Cancellation);
        }
    }
}
