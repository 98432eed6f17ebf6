using System.Collections.Concurrent;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Domesday.Sinks.Tests;

/// <summary>A request as it came.</summary>
internal sealed record ReceivedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}

/// <summary>An HTTP receiver that does as it is told: each request gets the next answer of a list, and after the list the last one.</summary>
internal sealed class TestReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SemaphoreSlim _arrived = new(0);

    private TestReceiver(WebApplication app) => _app = app;

    public ConcurrentQueue<ReceivedRequest> Requests { get; } = new();

    /// <summary>What happens to a request; null answers 200.</summary>
    public Func<ReceivedRequest, HttpContext, Task>? Answer { get; set; }

    public string Url => _app.Urls.First();

    public static async Task<TestReceiver> StartAsync(string url = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        var app = builder.Build();
        var receiver = new TestReceiver(app);
        app.Run(receiver.ReceiveAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Waits until so many requests came since the last call.</summary>
    public async Task WaitAsync(int requests = 1)
    {
        for (var i = 0; i < requests; i++) await _arrived.WaitAsync(TestContext.Current.CancellationToken);
    }

    public static async Task StatusAsync(HttpContext http, int status, string body = "", string? retryAfter = null)
    {
        http.Response.StatusCode = status;
        if (retryAfter is not null) http.Response.Headers.RetryAfter = retryAfter;
        await http.Response.WriteAsync(body, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _arrived.Dispose();
    }

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        if (http.Request.Headers.ContentEncoding == "gzip")
        {
            await using var plain = new GZipStream(http.Request.Body, CompressionMode.Decompress);
            await plain.CopyToAsync(body);
        }
        else
        {
            await http.Request.Body.CopyToAsync(body);
        }
        var headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new ReceivedRequest(http.Request.Method, http.Request.Path + http.Request.QueryString, headers, body.ToArray());
        Requests.Enqueue(request);
        try
        {
            if (Answer is { } answer) await answer(request, http);
        }
        finally
        {
            _arrived.Release();
        }
    }
}
