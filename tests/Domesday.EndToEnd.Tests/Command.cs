using System.Diagnostics;

namespace Domesday.EndToEnd.Tests;

/// <summary>A command that ran to its end.</summary>
internal sealed record Command(int ExitCode, string Output, string Errors)
{
    /// <summary>The root of the project.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The built binary, of the configuration that these tests were built in.</summary>
    public static string Domesday { get; } = Path.Combine(Root, "artifacts", "bin", "Domesday.Cli", new DirectoryInfo(AppContext.BaseDirectory).Name, "domesday");

    public static Task<Command> DomesdayAsync(params string[] arguments) => RunAsync(Domesday, arguments);

    public static async Task<Command> RunAsync(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        using var process = Process.Start(StartInfo(file, arguments, environment, folder)) ?? throw new InvalidOperationException($"{file} does not start.");
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return new(process.ExitCode, await output, await errors);
    }

    /// <summary>All three streams in pipes, and no setting of the service from the environment of the tests.</summary>
    public static ProcessStartInfo StartInfo(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Path.GetTempPath() };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("DOMESDAY_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return start;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Domesday.slnx"))) folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run within the project.");
        return folder.FullName;
    }
}
