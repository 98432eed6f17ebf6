using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Domesday.Benchmarks.Sinks;

/// <summary>Takes what PutLogEvents, S3's PutObject and the bulk API send, and answers as they do when all is well, after a while that stands for the way there.</summary>
public sealed class HttpSinkReceiver : IDisposable
{
    private static readonly TimeSpan Away = TimeSpan.FromMilliseconds(20);

    private readonly HttpListener _listener = new();
    private readonly Task _loop;

    public HttpSinkReceiver()
    {
        Address = new($"http://127.0.0.1:{FreePort()}/");
        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
        _loop = Task.Run(RunAsync);
    }

    public Uri Address { get; }

    public void Dispose()
    {
        _listener.Stop();
        _loop.Wait();
        _listener.Close();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task RunAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context));
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private static async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
            var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
            var lines = 0;
            for (int read; (read = await context.Request.InputStream.ReadAsync(buffer)) > 0;)
            {
                md5.AppendData(buffer, 0, read);
                lines += buffer.AsSpan(0, read).Count((byte)'\n');
            }
            ArrayPool<byte>.Shared.Return(buffer);
            await Task.Delay(Away);
            var isPut = context.Request.HttpMethod == "PUT";
            if (isPut) context.Response.Headers["ETag"] = $"\"{Convert.ToHexStringLower(md5.GetHashAndReset())}\"";
            var isBulk = context.Request.Url!.AbsolutePath.EndsWith("/_bulk", StringComparison.Ordinal);
            // The bulk API has two lines for each event.
            var answer = isBulk ? $$"""{"took":1,"errors":false,"items":[{{string.Join(',', Enumerable.Repeat("""{"create":{"status":201}}""", lines / 2))}}]}""" : isPut ? "" : "{}";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The service went away.
        }
    }
}
