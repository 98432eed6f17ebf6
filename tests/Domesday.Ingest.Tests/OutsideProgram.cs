using System.Diagnostics;

namespace Domesday.Ingest.Tests;

/// <summary>Programs of others that the tests run.</summary>
internal static class OutsideProgram
{
    /// <summary>The first of these files that is there; the test is skipped, with the reason, when none is.</summary>
    public static string Need(string package, params string[] files)
    {
        var found = files.FirstOrDefault(File.Exists);
        Assert.SkipUnless(found is not null, $"Needs the Debian package {package}.");
        return found!;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Status, string Output)> RunAsync(string program, string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await errors;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }

    /// <summary>The project's folder for what is built.</summary>
    public static string Artifacts(string name) => Directory.CreateDirectory(Path.Combine(Root(), "artifacts", name)).FullName;

    /// <summary>The project's folder.</summary>
    public static string Root()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Domesday.slnx"))) root = Path.GetDirectoryName(root)!;
        return root;
    }
}
