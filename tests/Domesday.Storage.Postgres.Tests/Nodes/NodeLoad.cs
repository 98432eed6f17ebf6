using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Domesday.Storage.Postgres.Tests.Nodes;

/// <summary>Writers that send to whichever node answers, and send again what was not acknowledged, under the same ids.</summary>
public sealed class NodeLoad : IDisposable
{
    private const int Batch = 5;

    private readonly Func<IReadOnlyList<Uri>> _nodes;
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _writers;
    private readonly ConcurrentDictionary<string, long> _acknowledged = new();
    private readonly string _name;

    public NodeLoad(Func<IReadOnlyList<Uri>> nodes, string key, int writers, string name = "w")
    {
        (_nodes, _name) = (nodes, name);
        _http = new() { Timeout = TimeSpan.FromSeconds(20) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _writers = [.. Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteAsync(writer)))];
    }

    /// <summary>Id → sequence of the receipt.</summary>
    public IReadOnlyDictionary<string, long> Acknowledged => _acknowledged;

    /// <summary>Waits until so many more events are acknowledged.</summary>
    public async Task MoreAsync(int events, CancellationToken cancellation)
    {
        var goal = _acknowledged.Count + events;
        while (_acknowledged.Count < goal) await Task.Delay(20, cancellation);
    }

    /// <summary>Ends when every batch that was begun is acknowledged.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_writers);
    }

    public void Dispose()
    {
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task WriteAsync(int writer)
    {
        var random = new Random(writer);
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            var ids = Enumerable.Range(0, Batch).Select(index => $"{_name}{writer}-{number}-{index}").ToList();
            var body = string.Join('\n', ids.Select(id => $$"""{"id":"{{id}}","action":"create","service":"load","actor":{"name":"writer {{writer}}"},"resource":{"id":"r{{number % 50}}","type":"thing"} }"""));
            while (!await TryAsync(body, random)) await Task.Delay(50);
        }
    }

    private async Task<bool> TryAsync(string body, Random random)
    {
        var nodes = _nodes();
        if (nodes.Count == 0) return false;
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/x-ndjson");
            using var answer = await _http.PostAsync(new Uri(nodes[random.Next(nodes.Count)], "/audit/v1/events"), content);
            if (!answer.IsSuccessStatusCode) return false;
            var receipts = await answer.Content.ReadFromJsonAsync<JsonElement>();
            foreach (var receipt in receipts.GetProperty("receipts").EnumerateArray()) _acknowledged[receipt.GetProperty("id").GetString()!] = receipt.GetProperty("sequence").GetInt64();
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or IOException or JsonException)
        {
            return false;
        }
    }
}
