using System.Diagnostics;

namespace Domesday.Dialects.Tests;

/// <summary>A program that is not ours, run as its users run it.</summary>
internal sealed class OutsideProgram : IDisposable
{
    private readonly Process _process;

    private OutsideProgram(Process process) => _process = process;

    public StreamReader Output => _process.StandardOutput;

    /// <summary>Skips the test, with the reason, where the machine lacks the program.</summary>
    public static void Needs(string name)
    {
        var isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)));
        Assert.SkipUnless(isThere, $"needs the program {name}");
    }

    public static OutsideProgram Start(string name, IEnumerable<string> arguments, string? folder = null, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder ?? "" };
        foreach (var (variable, value) in environment) start.Environment[variable] = value;
        return new(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(string name, IEnumerable<string> arguments, string? folder = null, params (string Name, string Value)[] environment)
    {
        using var program = Start(name, arguments, folder, environment);
        program._process.StandardInput.Close();
        var cancellation = TestContext.Current.CancellationToken;
        var errors = program._process.StandardError.ReadToEndAsync(cancellation);
        var output = await program.Output.ReadToEndAsync(cancellation);
        await program._process.WaitForExitAsync(cancellation);
        return (program._process.ExitCode, output, await errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
