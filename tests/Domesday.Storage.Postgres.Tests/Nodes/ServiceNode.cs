using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Domesday.Storage.Postgres.Tests.Faults;

namespace Domesday.Storage.Postgres.Tests.Nodes;

/// <summary>The built service as one of several nodes, with a data folder of its own.</summary>
internal sealed class ServiceNode : IAsyncDisposable
{
    private const string Password = "nodes-password-1086";

    private readonly Process _process;
    private readonly StringBuilder _log;
    private readonly string _data;
    private bool _keepsData;

    private ServiceNode(Process process, StringBuilder log, string data, Uri address)
    {
        (_process, _log, _data, Address) = (process, log, data, address);
        Http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{Password}")));
    }

    public Uri Address { get; }

    /// <summary>Signed in as the administrator.</summary>
    public HttpClient Http { get; }

    public string Data => _data;

    public string Log
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    /// <summary>What gives a process another time of day; null when it is not installed.</summary>
    public static string? FakeTimeLibrary { get; } = Directory.GetDirectories("/usr/lib").Select(folder => Path.Combine(folder, "faketime/libfaketimeMT.so.1")).FirstOrDefault(File.Exists);

    public static string Binary { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Domesday.Cli/release/domesday"));

    /// <param name="database">Null for the embedded store.</param>
    /// <param name="keep">Leave the data folder to the next one.</param>
    /// <param name="network">Where it runs; null for this machine's own.</param>
    /// <param name="fakeTime">The time of day that it begins with, such as <c>@2027-03-01 23:59:20</c>, in UTC.</param>
    public static async Task<ServiceNode> StartAsync(string? database, string? data = null, string? passphrase = "the nodes' passphrase", bool keep = false, string? fakeTime = null, SeparateNetwork? network = null)
    {
        data ??= Directory.CreateTempSubdirectory("domesday-node-").FullName;
        string[] command = [Binary, "serve", "--data", data, "--urls", $"http://{network?.Inside ?? "127.0.0.1"}:0", "--store", database is null ? "embedded" : "postgres"];
        if (network is not null) command = ["ip", "netns", "exec", network.Name, .. command];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (fakeTime is not null)
        {
            (start.Environment["LD_PRELOAD"], start.Environment["FAKETIME"], start.Environment["TZ"]) = (FakeTimeLibrary, fakeTime, "UTC");
            // Timers and leases go by the other clock.
            start.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
            // Else waits with a limit end at once, now and then: what the database has not answered yet counts as too late.
            start.Environment["FAKETIME_FORCE_MONOTONIC_FIX"] = "0";
        }
        if (database is not null) start.Environment["DOMESDAY_POSTGRES"] = database;
        start.Environment["DOMESDAY_ADMIN_PASSWORD"] = Password;
        if (passphrase is not null) start.Environment["DOMESDAY_KEY_PASSPHRASE"] = passphrase;
        var process = Process.Start(start)!;
        var log = new StringBuilder();
        void Keep(string? line)
        {
            lock (log) log.AppendLine(line);
        }
        var address = new TaskCompletionSource<Uri?>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.OutputDataReceived += (_, line) =>
        {
            Keep(line.Data);
            if (line.Data is null) address.TrySetResult(null);
            else if (line.Data.StartsWith("Domesday listens on ", StringComparison.Ordinal)) address.TrySetResult(new(line.Data["Domesday listens on ".Length..]));
        };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        if (await address.Task is { } listens) return new(process, log, data, listens) { _keepsData = keep };
        await process.WaitForExitAsync();
        Directory.Delete(data, recursive: true);
        throw new InvalidOperationException($"The node did not start: {log}");
    }

    /// <summary>Makes a key of the tenant default.</summary>
    public async Task<string> NewKeyAsync(CancellationToken cancellation)
    {
        using var made = await Http.PostAsync("/audit/v1/keys", new StringContent("""{"name":"nodes","rights":["read","write"]}""", Encoding.UTF8, "application/json"), cancellation);
        var body = await made.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        return body.GetProperty("key").GetString()!;
    }

    /// <summary>A client that shows a key.</summary>
    public HttpClient With(string key)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellation) => await Http.GetFromJsonAsync<JsonElement>(path, cancellation);

    /// <summary>The last checkpoint of the tenant default: its size and its text.</summary>
    public async Task<(long Size, string Note)> CheckpointAsync(CancellationToken cancellation)
    {
        using var answer = await Http.GetAsync("/audit/v1/log/checkpoint", cancellation);
        if (!answer.IsSuccessStatusCode) return (-1, "");
        var note = await answer.Content.ReadAsStringAsync(cancellation);
        return (long.Parse(note.Split('\n')[1], System.Globalization.CultureInfo.InvariantCulture), note);
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Stops every thread of it, as a machine that hangs.</summary>
    public void Freeze() => Signal("STOP");

    public void Thaw() => Signal("CONT");

    public async Task StopAsync()
    {
        Signal("TERM");
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
        if (!_keepsData && Directory.Exists(_data)) Directory.Delete(_data, recursive: true);
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }
}
