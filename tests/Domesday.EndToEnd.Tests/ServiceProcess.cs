using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Domesday.EndToEnd.Tests;

/// <summary>The built binary as a service, in a process of its own, on a free port.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    public const string Password = "correct horse battery staple";

    private const string Urls = "DOMESDAY_URLS";
    private const string Listens = "Domesday listens on ";
    private const string Signs = "Sign in as admin with the password ";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServiceProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _url.TrySetException(new InvalidOperationException("The service ended: " + Said));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Url => _url.Task.Result;

    public int Id => _process.Id;

    /// <summary>Everything that it wrote to its output and its errors.</summary>
    public string Said => string.Join('\n', _lines);

    /// <summary>The password that it made up and printed; null when it printed none.</summary>
    public string? PrintedPassword => _lines.FirstOrDefault(line => line.StartsWith(Signs, StringComparison.Ordinal))?[Signs.Length..].Split(' ')[0];

    /// <summary>Starts it with <see cref="Password"/> as the administrator's.</summary>
    public static Task<ServiceProcess> StartAsync(string data, params string[] arguments) =>
        StartAsync(data, new Dictionary<string, string> { ["DOMESDAY_ADMIN_PASSWORD"] = Password }, arguments);

    /// <summary>Starts it, and waits until it is ready. It listens on http, unless the environment says where.</summary>
    public static Task<ServiceProcess> StartAsync(string data, IReadOnlyDictionary<string, string> environment, params string[] arguments) => StartBinaryAsync(Command.Domesday, data, environment, arguments);

    /// <summary>The same with a binary that lies elsewhere.</summary>
    public static Task<ServiceProcess> StartBinaryAsync(string binary, string data) => StartBinaryAsync(binary, data, new Dictionary<string, string> { ["DOMESDAY_ADMIN_PASSWORD"] = Password });

    private static async Task<ServiceProcess> StartBinaryAsync(string binary, string data, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = Command.StartInfo(binary, ["serve", .. environment.ContainsKey(Urls) ? (string[])[] : ["--urls", "http://127.0.0.1:0"], "--data", data, .. arguments], environment);
        var service = new ServiceProcess(Process.Start(start)!);
        try
        {
            await service._url.Task.WaitAsync(TestContext.Current.CancellationToken);
            using var client = service.Client(null);
            while (true)
            {
                using var ready = await client.GetAsync("/readyz", TestContext.Current.CancellationToken);
                if (ready.IsSuccessStatusCode) return service;
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    public HttpClient Admin(string password = Password) => Client(new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("admin:" + password))));

    public HttpClient Bearer(string key) => Client(new("Bearer", key));

    public HttpClient Client(AuthenticationHeaderValue? authorization)
    {
        var handler = new SocketsHttpHandler { AutomaticDecompression = System.Net.DecompressionMethods.None };
        // Its certificate is one that a test has just made, and it is the process that was started here.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        var client = new HttpClient(handler) { BaseAddress = Url };
        client.DefaultRequestHeaders.Authorization = authorization;
        return client;
    }

    /// <summary>Ends it at once, as a power cut ends it: SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks it to stop: SIGTERM.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        _lines.Enqueue(line);
        if (line.StartsWith(Listens, StringComparison.Ordinal)) _url.TrySetResult(new(line[Listens.Length..]));
    }
}
