namespace Domesday.EndToEnd.Tests.Deploy;

/// <summary>What is built for others to run is run here.</summary>
public sealed class PublishTests
{
    private const string Variable = "DOMESDAY_TEST_DEPLOY";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_file_that_is_copied_elsewhere_serves_and_keeps_what_it_acknowledged()
    {
        using var folder = new TestFolder();
        // A copy: publishing for a platform writes lock files.
        Directory.CreateDirectory(folder["source"]);
        var copied = await Command.RunAsync("cp", ["-r", "src", "BannedSymbols.txt", "Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig", folder["source"]], folder: Command.Root);
        Assert.True(copied.ExitCode == 0, copied.Errors);
        var published = await Command.RunAsync("dotnet", ["publish", Path.Combine(folder["source"], "src/Domesday.Cli"), "-c", "Release", "-r", "linux-x64", "--self-contained", "false", "-p:PublishSingleFile=true", "-p:RunAnalyzers=false",
            "--artifacts-path", folder["artifacts"], "-o", folder["out"], "-v", "quiet", "--nologo"], new Dictionary<string, string> { ["CI"] = "" });
        Assert.True(published.ExitCode == 0, published.Output + published.Errors);
        Directory.CreateDirectory(folder["elsewhere"]);
        var binary = Path.Combine(folder["elsewhere"], "audit");
        File.Copy(Path.Combine(folder["out"], "domesday"), binary);
        await using (var service = await ServiceProcess.StartBinaryAsync(binary, folder["data"]))
        {
            using var admin = service.Admin();
            using var sent = await admin.PostAsync("/audit/v1/events", Api.Json(Api.Event("e-1")), Cancellation);
            Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync(Cancellation));
            // The files of its pages are within, too.
            Assert.True((await admin.GetAsync("/ui/assets/base.css", Cancellation)).IsSuccessStatusCode);
        }
        await using var again = await ServiceProcess.StartBinaryAsync(binary, folder["data"]);
        using var reader = again.Admin();
        Assert.True((await reader.GetAsync("/audit/v1/events/e-1", Cancellation)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task The_image_and_the_compose_file_run_and_lose_nothing_when_a_node_and_the_primary_are_killed()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)), $"THE COMPOSE FILE IS NOT TRIED: it takes some ten minutes; set {Variable}=1.");
        foreach (var (file, package) in (IEnumerable<(string, string)>)[("/usr/sbin/dockerd", "docker.io"), ("/usr/bin/docker-compose", "docker-compose"), ("/usr/bin/docker-registry", "docker-registry"), ("/usr/sbin/haproxy", "haproxy"), ("/usr/lib/postgresql", "postgresql-15"), ("/bin/busybox", "busybox-static")])
        {
            Assert.SkipUnless(Path.Exists(file), $"THE COMPOSE FILE IS NOT TRIED: apt-get install {package}");
        }
        Assert.SkipUnless(Environment.UserName == "root", "THE COMPOSE FILE IS NOT TRIED: a Docker Engine needs root.");
        var tried = await Command.RunAsync(Path.Combine(Command.Root, "deploy/try"), []);
        TestContext.Current.TestOutputHelper?.WriteLine(tried.Output);
        Assert.True(tried.ExitCode == 0, tried.Output + tried.Errors);
    }
}
