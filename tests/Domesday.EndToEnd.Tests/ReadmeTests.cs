using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Domesday.EndToEnd.Tests;

/// <summary>The README's quick start, every line of it, as somebody types it who has just cloned the project.</summary>
public sealed partial class ReadmeTests
{
    private const string Section = "## Five minutes\n";
    private const string Placeholder = "the password that was printed";
    private const string Address = "127.0.0.1:1086";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_line_of_the_quick_start_works_as_it_stands()
    {
        using var folder = new TestFolder();
        var blocks = Blocks();
        Assert.Equal("./run\n", blocks[0]);
        await CheckoutAsync(folder);
        var address = $"127.0.0.1:{FreePort()}";
        var environment = new Dictionary<string, string> { ["DOMESDAY_URLS"] = $"http://{address}", ["XDG_CONFIG_HOME"] = folder["config"] };
        using var service = Process.Start(Command.StartInfo("bash", ["-c", "exec " + blocks[0]], environment, folder["."]))!;
        try
        {
            var password = await PasswordAsync(service);
            Assert.All((string[])[Placeholder, Address], text => Assert.Contains(text, string.Concat(blocks), StringComparison.Ordinal));
            var script = string.Concat(blocks.Skip(1)).Replace(Placeholder, password, StringComparison.Ordinal).Replace(Address, address, StringComparison.Ordinal);
            environment = new Dictionary<string, string> { ["DOMESDAY_SERVER"] = $"http://{address}", ["XDG_CONFIG_HOME"] = folder["config"], ["HOME"] = folder["."] };
            var said = await Command.RunAsync("bash", ["-euxo", "pipefail", "-c", script], environment, folder["."]);
            Assert.True(said.ExitCode == 0, said.Errors + said.Output);
            foreach (var expected in (string[])["\"leaf_hash\"", "order-4711", "\"stored\":", "alice", "delete", "verified"]) Assert.Contains(expected, said.Output + said.Errors, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("4712", await File.ReadAllTextAsync(folder["shop.csv"], Cancellation), StringComparison.Ordinal);
            Assert.True(File.Exists(folder["restored/store/manifest"]));
            Assert.NotEmpty(await File.ReadAllTextAsync(folder["checkpoint.note"], Cancellation));
        }
        finally
        {
            service.Kill(entireProcessTree: true);
            await service.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task The_documents_name_no_command_that_does_not_exist()
    {
        var named = Directory.GetFiles(Path.Combine(Command.Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(Command.Root, "README.md"))
            .SelectMany(file => CommandLine().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).Distinct().ToList();
        Assert.NotEmpty(named);
        // For a word that is no command, the help of all of them comes.
        var unknown = await Command.DomesdayAsync("no-command", "--help");
        foreach (var name in named)
        {
            var help = await Command.DomesdayAsync(name, "--help");
            Assert.True(help.ExitCode == 0 && help.Output != unknown.Output, $"There is no command {name}.");
        }
    }

    /// <summary>The shell blocks of the quick start.</summary>
    private static List<string> Blocks()
    {
        var readme = File.ReadAllText(Path.Combine(Command.Root, "README.md"));
        var start = readme.IndexOf(Section, StringComparison.Ordinal) + Section.Length;
        var section = readme[start..readme.IndexOf("\n## ", start, StringComparison.Ordinal)];
        return [.. ShellBlock().Matches(section).Select(match => match.Groups[1].Value)];
    }

    /// <summary>The project's own scripts, but the binary is the one that was built before the tests.</summary>
    private static async Task CheckoutAsync(TestFolder folder)
    {
        File.Copy(Path.Combine(Command.Root, "run"), folder["run"]);
        await File.WriteAllTextAsync(folder["domesday"], $"#!/usr/bin/env bash\nexec '{Command.Domesday}' \"$@\"\n", Cancellation);
        await Command.RunAsync("chmod", ["+x", folder["domesday"], folder["run"]]);
        Directory.CreateSymbolicLink(folder["tests"], Path.Combine(Command.Root, "tests"));
    }

    private static async Task<string> PasswordAsync(Process service)
    {
        var said = new List<string>();
        while (await service.StandardOutput.ReadLineAsync(Cancellation) is { } line)
        {
            said.Add(line);
            if (PasswordLine().Match(line) is { Success: true } match)
            {
                // What it says from now on is not looked at, but must not fill the pipe.
                _ = service.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                _ = service.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return match.Groups[1].Value;
            }
        }
        throw new InvalidOperationException("No password was printed: " + string.Join('\n', said));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("^```sh\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("^Sign in as admin with the password (\\S+)")]
    private static partial Regex PasswordLine();

    [GeneratedRegex(@"(?m)(?:^|`)(?:\./)?domesday ([a-z][a-z-]+)")]
    private static partial Regex CommandLine();
}
