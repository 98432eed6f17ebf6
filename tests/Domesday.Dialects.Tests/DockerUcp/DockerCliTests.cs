using System.Text.Json.Nodes;
using Domesday.Server.Tests;

namespace Domesday.Dialects.Tests.DockerUcp;

/// <summary>The real docker CLI reads the log, with a token in its configuration file.</summary>
public sealed class DockerCliTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Docker_logs_prints_the_audit_lines()
    {
        await using var host = await StartAsync();
        await host.AppendAsync(UcpEvents.Request(host, 30), UcpEvents.Request(host, 20), UcpEvents.Request(host, 10, "/secrets?a=1&b=<2>", Domesday.Events.CaptureLevel.Request));
        var all = await LogsAsync(host);
        Assert.Equal(["0030", "0020", "0010"], all.Select(Number));
        var last = JsonNode.Parse(Assert.Single(await LogsAsync(host, "--tail", "1")))!;
        Assert.Equal(("request", "POST", "/secrets?a=1&b=<2>", 201), (
            last["audit"]!["level"]!.GetValue<string>(), last["audit"]!["verb"]!.GetValue<string>(), last["audit"]!["requestURI"]!.GetValue<string>(), last["audit"]!["responseStatus"]!["code"]!.GetValue<int>()));
        Assert.Equal(["0020", "0010"], (await LogsAsync(host, "--since", "2026-02-11T22:01:02Z")).Select(Number));
        Assert.Equal(["0030", "0020"], (await LogsAsync(host, "--until", "2026-02-11T22:01:02Z")).Select(Number));
        Assert.Equal(["0020"], (await LogsAsync(host, "--since", "2026-02-11T22:01:02Z", "--until", "2026-02-11T22:01:03Z")).Select(Number));
        Assert.Equal(["0010"], (await LogsAsync(host, "-n", "1", "--since", "2026-02-11T00:00:00")).Select(Number));
        Assert.StartsWith("2026-02-11T22:11:02.000000000Z {", Assert.Single(await LogsAsync(host, "--timestamps", "--tail", "1")), StringComparison.Ordinal);
        Assert.StartsWith(" {", Assert.Single(await LogsAsync(host, "--details", "--tail", "1")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Docker_logs_follows()
    {
        await using var host = await StartAsync();
        await host.AppendAsync(UcpEvents.Request(host, 9));
        using var docker = OutsideProgram.Start("docker", Arguments(host, "logs", "-f", "--tail", "1", "ucp-controller"), null, Environment());
        Assert.Equal("0009", Number((await docker.Output.ReadLineAsync(TestContext.Current.CancellationToken))!));
        await host.AppendAsync(UcpEvents.Request(host, 8));
        Assert.Equal("0008", Number((await docker.Output.ReadLineAsync(TestContext.Current.CancellationToken))!));
    }

    [Fact]
    public async Task Docker_inspect_shows_the_container_and_other_names_fail_as_users_know_it()
    {
        await using var host = await StartAsync();
        var (code, output, errors) = await OutsideProgram.RunAsync("docker", Arguments(host, "inspect", "--type", "container", "--format", "{{.Name}} {{.State.Status}}", "ucp-controller"), null, Environment());
        Assert.True(code == 0, errors);
        Assert.Equal("/ucp-controller running", output.Trim());
        (code, _, errors) = await OutsideProgram.RunAsync("docker", Arguments(host, "logs", "web"), null, Environment());
        Assert.Equal(1, code);
        Assert.Contains("No such container: web", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Docker_without_a_credential_says_that_one_is_needed()
    {
        await using var host = await StartAsync(withToken: false);
        var (code, _, errors) = await OutsideProgram.RunAsync("docker", Arguments(host, "logs", "ucp-controller"), null, Environment());
        Assert.Equal(1, code);
        Assert.Contains("Error response from daemon", errors, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<DialectHost> StartAsync(bool withToken = true)
    {
        OutsideProgram.Needs("docker");
        var host = await DialectHost.StartAsync();
        Directory.CreateDirectory(_folder["docker"]);
        var config = new JsonObject();
        if (withToken) config["HttpHeaders"] = new JsonObject { ["Authorization"] = "Bearer " + host.ReadKey };
        await File.WriteAllTextAsync(Path.Combine(_folder["docker"], "config.json"), config.ToJsonString(), TestContext.Current.CancellationToken);
        return host;
    }

    private async Task<IReadOnlyList<string>> LogsAsync(DialectHost host, params string[] options)
    {
        var (code, output, errors) = await OutsideProgram.RunAsync("docker", Arguments(host, ["logs", .. options, "ucp-controller"]), null, Environment());
        Assert.True(code == 0, errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string[] Arguments(DialectHost host, params string[] words) => ["-H", $"tcp://{host.Url.Host}:{host.Url.Port}", .. words];

    private (string Name, string Value) Environment() => ("DOCKER_CONFIG", _folder["docker"]);

    private static string Number(string line) => ContainerLogsTests.AuditId(line)[^4..];
}
