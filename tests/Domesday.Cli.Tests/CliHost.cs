using System.Globalization;
using System.Text;
using Domesday.Cli.Terminal;
using Domesday.Client.Tests;

namespace Domesday.Cli.Tests;

/// <summary>The command line in process, beside a real service that it is signed in to as the administrator.</summary>
internal sealed class CliHost : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("domesday");
    private readonly ServedService? _service;

    private CliHost(ServedService? service) => _service = service;

    public ServedService Service => _service ?? throw new InvalidOperationException("There is no service.");

    public string this[string file] => Path.Combine(_folder.FullName, file);

    public static async Task<CliHost> StartAsync() => new(await ServedService.StartAsync());

    public static CliHost WithoutService() => new(null);

    public Task<CliResult> RunAsync(params string[] arguments) => RunAsync([], arguments);

    /// <summary>As on a terminal.</summary>
    public Task<CliResult> TypedAsync(string input, string[] arguments) => RunAsync(Encoding.UTF8.GetBytes(input), arguments, isTyped: true);

    public async Task<CliResult> RunAsync(byte[] input, string[] arguments, bool isTyped = false)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var environment = new Dictionary<string, string>();
        if (_service is not null)
        {
            environment = new() { ["DOMESDAY_SERVER"] = _service.Url.ToString(), ["DOMESDAY_USER"] = "admin", ["DOMESDAY_PASSWORD"] = ServedService.Password };
        }
        using var console = new CliConsole(new MemoryStream(input), output, error, environment) { KnownLedgers = this["known"], IsTyped = isTyped };
        var code = await CommandLine.RunAsync(arguments, console, TestContext.Current.CancellationToken);
        return new(code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    /// <summary>Runs a command that must succeed.</summary>
    public async Task<string> OutputAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.Code == 0, $"exit code {result.Code}: {result.Error}{result.Out}");
        return result.Out;
    }

    /// <summary>Stores lines that must all be good.</summary>
    public async Task SendAsync(params string[] lines)
    {
        var result = await RunAsync(Encoding.UTF8.GetBytes(string.Join('\n', lines)), ["send"]);
        Assert.True(result.Code == 0, result.Error);
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

internal sealed record CliResult(int Code, string Out, string Error)
{
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
