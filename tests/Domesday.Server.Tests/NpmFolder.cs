using System.Diagnostics;

namespace Domesday.Server.Tests;

/// <summary>A folder with programs for Node.js of the tests' own, and the packages from npm that they need, at the versions of their lock file.</summary>
internal sealed class NpmFolder : IDisposable
{
    private static readonly string[] Npm = ["/usr/bin/npm", "/usr/local/bin/npm"];

    private readonly TestFolder _folder = new();
    private readonly string _node;

    private NpmFolder(string npm) => _node = Path.Combine(Path.GetDirectoryName(npm)!, "node");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public string this[string file] => _folder[file];

    /// <summary>Copies and installs; the test is skipped, with the reason, where that is not possible.</summary>
    /// <param name="source">Below the folder of the tests.</param>
    public static async Task<NpmFolder> InstallAsync(params string[] source)
    {
        var npm = Array.Find(Npm, File.Exists);
        Assert.SkipUnless(npm is not null, "Needs the Debian package npm.");
        var made = new NpmFolder(npm!);
        foreach (var file in Directory.GetFiles(Path.Combine([AppContext.BaseDirectory, .. source]))) File.Copy(file, made[Path.GetFileName(file)]);
        var (installed, said) = await made.RunAsync(npm!, "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        if (installed) return made;
        made.Dispose();
        Assert.Skip($"{string.Join('/', source)} could not be installed from npm: {said}");
        return made;
    }

    /// <summary>Runs a program to its end.</summary>
    public Task<(bool IsDone, string Output)> RunAsync(params string[] arguments) => RunAsync(_node, arguments);

    /// <summary>Starts a program that runs until it is ended.</summary>
    public Process Start(params string[] arguments) => Start(_node, arguments);

    public void Dispose() => _folder.Dispose();

    private Process Start(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder[""], RedirectStandardOutput = true, RedirectStandardError = true })!;

    private async Task<(bool IsDone, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var errors = process.StandardError.ReadToEndAsync(Cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(Cancellation) + await errors;
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode == 0, output);
    }
}
