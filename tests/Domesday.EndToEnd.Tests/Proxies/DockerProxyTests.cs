using System.Text.Json;

namespace Domesday.EndToEnd.Tests.Proxies;

/// <summary>The real docker CLI and a real engine, with the proxy in between.</summary>
public sealed class DockerProxyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_docker_cli_notices_nothing_and_everything_that_it_did_is_recorded()
    {
        if (DockerEngine.Missing is { } missing) Assert.Skip(missing);
        using var folder = new TestFolder();
        var (engine, said) = await DockerEngine.StartAsync(folder["engine"]);
        if (engine is null) Assert.Skip("dockerd does not start here: " + said);
        await using var running = engine;
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        using var admin = service.Admin();
        var key = await admin.KeyAsync("read", "write");
        var address = $"unix://{folder["proxy.sock"]}";
        await using var proxy = await ProxyProcess.StartAsync(service.Url, key, "--listen", address, "--upstream", $"unix://{engine.Socket}", "--kind", "docker-swarm", "--level", "request", "--spool", folder["spool"]);
        await engine.ImportAsync(address);

        await SwarmAsync(address, folder);
        await ContainersAsync(address, folder);

        using var client = service.Bearer(key);
        var operations = await OperationsAsync(client);
        foreach (var operation in new[]
        {
            "image.import", "swarm.init", "secret.create", "config.create", "volume.create", "service.create", "service.update", "service.delete", "container.create", "container.start",
            "container.attach", "container.wait", "container.exec", "exec.start", "container.archive", "container.logs", "container.delete", "image.build",
        }) Assert.Contains(operation, operations.Keys);
        var secret = operations["secret.create"];
        Assert.Contains("\"Name\":\"s1\"", secret, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String("t0psecret"u8), secret, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"root\"", secret, StringComparison.Ordinal);
    }

    private static async Task SwarmAsync(string address, TestFolder folder)
    {
        await DockerAsync(address, "swarm init --advertise-addr 127.0.0.1 --listen-addr 127.0.0.1:0 --data-path-addr 127.0.0.1");
        Assert.Equal(25, (await ShellAsync($"echo -n t0psecret | docker -H {address} secret create s1 -")).Output.Trim().Length);
        await File.WriteAllTextAsync(folder["config"], "a=b", Cancellation);
        await DockerAsync(address, $"config create c1 {folder["config"]}");
        Assert.Equal("v1", (await DockerAsync(address, "volume create v1")).Trim());
        await DockerAsync(address, "service create --detach --name web --network host --secret s1 min /bin/sleep 1000");
        await DockerAsync(address, "service scale --detach web=2");
        Assert.Contains("web", await DockerAsync(address, "service ls"), StringComparison.Ordinal);
        await DockerAsync(address, "service rm web");
    }

    private static async Task ContainersAsync(string address, TestFolder folder)
    {
        var failed = await Command.RunAsync("docker", ["-H", address, "run", "--name", "r1", "--network", "none", "min", "/bin/sh", "-c", "echo out; echo err >&2; exit 7"]);
        Assert.Equal((7, "out\n", "err\n"), (failed.ExitCode, failed.Output, failed.Errors));
        // The end of the input must arrive, and the output that follows it.
        Assert.Equal("200000", (await ShellAsync($"seq 1 200000 | docker -H {address} run --rm -i --network none min wc -l")).Output.Trim());
        await DockerAsync(address, "run -d --name d1 --network none min /bin/sleep 1000");
        Assert.Equal(5, (await Command.RunAsync("docker", ["-H", address, "exec", "d1", "/bin/sh", "-c", "exit 5"])).ExitCode);
        Assert.Equal("288894", (await ShellAsync($"seq 1 50000 | docker -H {address} exec -i d1 wc -c")).Output.Trim());
        Assert.Equal("tty", (await ShellAsync($"script -qec 'docker -H {address} exec -t d1 echo tty' /dev/null")).Output.Trim());

        var big = new byte[20_000_000];
        new Random(1).NextBytes(big);
        await File.WriteAllBytesAsync(folder["big"], big, Cancellation);
        await DockerAsync(address, $"cp {folder["big"]} d1:/tmp/big");
        await DockerAsync(address, $"cp d1:/tmp/big {folder["back"]}");
        Assert.Equal(big, await File.ReadAllBytesAsync(folder["back"], Cancellation));

        await DockerAsync(address, "run -d --name l1 --network none min /bin/sh -c 'for i in 1 2 3; do echo $i; done; sleep 1; echo last'");
        Assert.Equal("1\n2\n3\nlast\n", await DockerAsync(address, "logs -f l1"));
        Assert.Equal("0", (await DockerAsync(address, "wait l1")).Trim());
        Assert.Equal("hello", (await ShellAsync($"docker -H {address} create -i --name a1 --network none min cat >/dev/null && echo hello | docker -H {address} start -ai a1")).Output.Trim());

        Directory.CreateDirectory(folder["context"]);
        await File.WriteAllTextAsync(Path.Combine(folder["context"], "Dockerfile"), "FROM min\nCOPY Dockerfile /copied\nLABEL a=b\n", Cancellation);
        await ShellAsync($"DOCKER_BUILDKIT=0 docker -H {address} build -t built {folder["context"]}");
        Assert.Contains("built", await DockerAsync(address, "images"), StringComparison.Ordinal);
        await DockerAsync(address, "rm -f d1 l1 r1 a1");
    }

    private static async Task<string> DockerAsync(string address, string arguments) => (await ShellAsync($"docker -H {address} {arguments}")).Output;

    private static async Task<Command> ShellAsync(string line)
    {
        var done = await Command.RunAsync("sh", ["-c", line]);
        Assert.True(done.ExitCode == 0, $"{line}\n{done.Output}\n{done.Errors}");
        return done;
    }

    /// <summary>The newest event of each operation, as JSON, once the service has what the proxy recorded.</summary>
    private static async Task<Dictionary<string, string>> OperationsAsync(HttpClient client)
    {
        while (true)
        {
            using var page = JsonDocument.Parse(await client.GetStringAsync("/audit/v1/events?limit=1000&order=asc&service=docker", Cancellation));
            var operations = new Dictionary<string, string>();
            foreach (var one in page.RootElement.GetProperty("events").EnumerateArray())
            {
                if (one.TryGetProperty("operation", out var operation)) operations[operation.GetString()!] = one.GetRawText();
            }
            if (operations.ContainsKey("container.delete")) return operations;
            await Task.Delay(50, Cancellation);
        }
    }
}
