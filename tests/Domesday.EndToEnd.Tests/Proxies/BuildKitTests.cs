using System.Text.Json;

namespace Domesday.EndToEnd.Tests.Proxies;

/// <summary>BuildKit: the CLI and the engine call each other over HTTP/2, within connections that the proxy passes on.</summary>
public sealed class BuildKitTests
{
    /// <summary>The CLI of Debian's docker.io has BuildKit within; later ones need a plugin for it.</summary>
    private const string Docker = "/usr/bin/docker";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_build_by_BuildKit_passes_the_proxy_and_its_secret_is_nowhere()
    {
        if (DockerEngine.Missing is { } missing) Assert.Skip(missing);
        Assert.SkipUnless(File.Exists(Docker), "Needs the CLI of the Debian package docker.io.");
        using var folder = new TestFolder();
        var (engine, said) = await DockerEngine.StartAsync(folder["engine"]);
        if (engine is null) Assert.Skip("dockerd does not start here: " + said);
        await using var running = engine;
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        using var admin = service.Admin();
        var address = $"unix://{folder["proxy.sock"]}";
        await using var proxy = await ProxyProcess.StartAsync(service.Url, await admin.KeyAsync("read", "write"), "--listen", address, "--upstream", $"unix://{engine.Socket}", "--kind", "docker", "--level", "request",
            "--spool", folder["spool"], "--metrics", "http://127.0.0.1:0");
        Directory.CreateDirectory(folder["context"]);
        var big = new byte[5_000_000];
        new Random(2).NextBytes(big);
        await File.WriteAllBytesAsync(Path.Combine(folder["context"], "big"), big, Cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder["context"], "Dockerfile"), "FROM scratch\nCOPY big /big\nLABEL made=by-buildkit\n", Cancellation);
        await File.WriteAllTextAsync(folder["secret"], "t0psecret", Cancellation);

        var built = await Command.RunAsync(Docker, ["-H", address, "build", "--progress=plain", "--secret", $"id=token,src={folder["secret"]}", "-t", "kit", folder["context"]],
            new Dictionary<string, string> { ["DOCKER_BUILDKIT"] = "1", ["HOME"] = folder["."] });

        Assert.True(built.ExitCode == 0, built.Output + built.Errors);
        var label = await Command.RunAsync(Docker, ["-H", address, "inspect", "--format", "{{.Config.Labels.made}} {{.Size}}", "kit"]);
        Assert.Equal("by-buildkit 5000000", label.Output.Trim());
        Assert.True(await proxy.CounterAsync("tunnels_total") > 0);
        string events;
        while (!(events = await admin.GetStringAsync("/audit/v1/events?limit=1000&service=docker", Cancellation)).Contains("image.build", StringComparison.Ordinal)) await Task.Delay(50, Cancellation);
        using var page = JsonDocument.Parse(events);
        Assert.Contains(page.RootElement.GetProperty("events").EnumerateArray(), one => one.GetProperty("request").GetProperty("uri").GetString()!.EndsWith("/session", StringComparison.Ordinal));
        Assert.DoesNotContain("t0psecret", events, StringComparison.Ordinal);
    }
}
