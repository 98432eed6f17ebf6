using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Domesday.Client.Spool;
using Domesday.Events;

namespace Domesday.Client.Tests.Spool;

/// <summary>A folder for spools, and a service written by hand that takes what they send.</summary>
internal sealed class SpoolFixture : HttpMessageHandler
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("domesday-spool");
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Folder => Path.Combine(_folder.FullName, "spool");

    /// <summary>Ids in the order in which they came, repetitions included.</summary>
    public ConcurrentQueue<string> Ids { get; } = new();

    public ConcurrentDictionary<string, string?> Results { get; } = new();

    /// <summary>What to answer instead of a receipt; null breaks the connection.</summary>
    public Func<int, HttpResponseMessage?>? Answer { get; set; }

    public int Requests { get; private set; }

    public Task Asked => _asked.Task;

    public static SpoolOptions Fast(string folder) => new()
    {
        Folder = folder,
        SendDelay = TimeSpan.FromMilliseconds(1),
        RetryWaitMin = TimeSpan.FromMilliseconds(1),
        RetryWaitMax = TimeSpan.FromMilliseconds(5),
    };

    public EventSpool Open(Func<SpoolOptions, SpoolOptions>? change = null) => EventSpool.Open(change?.Invoke(Fast(Folder)) ?? Fast(Folder), Client());

    public DomesdayClient Client() => new(new() { Server = new("http://service"), RetriesMax = 0 }, this);

    public static AuditEvent Event(string id) => new() { Id = id, Action = "create" };

    public void Delete() => _folder.Delete(recursive: true);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests++;
        _asked.TrySetResult();
        if (Answer is { } answer)
        {
            var own = answer(Requests) ?? throw new HttpRequestException("The connection broke.");
            if (own.StatusCode != HttpStatusCode.OK) return own;
        }
        await using var body = new System.IO.Compression.GZipStream(await request.Content!.ReadAsStreamAsync(cancellationToken), System.IO.Compression.CompressionMode.Decompress);
        using var reader = new StreamReader(body);
        var receipts = new List<string>();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            using var one = JsonDocument.Parse(line);
            var id = one.RootElement.GetProperty("id").GetString()!;
            var duplicate = Ids.Contains(id);
            Ids.Enqueue(id);
            Results[id] = one.RootElement.TryGetProperty("outcome", out var outcome) ? outcome.GetProperty("result").GetString() : null;
            receipts.Add($$"""{"id":"{{id}}","sequence":0,"leaf_hash":"","duplicate":{{(duplicate ? "true" : "false")}}}""");
        }
        return new(HttpStatusCode.OK) { Content = new StringContent($$"""{"receipts":[{{string.Join(',', receipts)}}]}""", Encoding.UTF8, "application/json") };
    }
}
