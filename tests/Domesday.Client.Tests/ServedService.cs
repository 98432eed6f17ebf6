using System.Globalization;
using System.Text;
using Domesday.Server;
using Domesday.TestKit;

namespace Domesday.Client.Tests;

/// <summary>The real service over the model store, started as <c>domesday serve</c> starts it, on a free port.</summary>
internal sealed class ServedService : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("domesday");
    private readonly CancellationTokenSource _stop = new();
    private readonly Announcement _announcement = new();
    private readonly StringWriter _errors = new(CultureInfo.InvariantCulture);
    private Task<int> _run = Task.FromResult(0);

    private ServedService()
    {
    }

    public Uri Url { get; private set; } = new("http://127.0.0.1:1");

    public static async Task<ServedService> StartAsync(params string[] arguments)
    {
        var service = new ServedService();
        var store = new MemoryStore(TimeProvider.System);
        var parts = new ServeParts { OpenStore = (_, _) => ValueTask.FromResult(new StorePair(store, store)) };
        string[] all = ["--urls", "http://127.0.0.1:0", "--data", Path.Combine(service._folder.FullName, "data"), "--admin-password", Password, "--log-level", "error", .. arguments];
        service._run = ServeHost.RunAsync(all, new Dictionary<string, string>(), parts, service._announcement, service._errors, service._stop.Token);
        if (await Task.WhenAny(service._announcement.Url, service._run) == service._run) Assert.Fail(service._errors.ToString());
        service.Url = await service._announcement.Url;
        return service;
    }

    public DomesdayClient Admin(string? tenant = null) => Client(ClientCredential.User("admin", Password), tenant);

    public DomesdayClient Client(ClientCredential? credential, string? tenant = null) => new(new() { Server = Url, Credential = credential, Tenant = tenant });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
        _announcement.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Waits for the line that says where the service listens.</summary>
    private sealed class Announcement : TextWriter
    {
        private const string Prefix = "Domesday listens on ";

        private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Uri> Url => _url.Task;

        public override Encoding Encoding => Encoding.UTF8;

        public override Task WriteLineAsync(string? value)
        {
            if (value?.StartsWith(Prefix, StringComparison.Ordinal) == true) _url.TrySetResult(new(value[Prefix.Length..]));
            return Task.CompletedTask;
        }
    }
}
