using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Domesday.EndToEnd.Tests.Proxies;

/// <summary>A real Docker Engine on a unix socket, without networks, with an image of busybox.</summary>
internal sealed class DockerEngine : IAsyncDisposable
{
    private const string Daemon = "/usr/sbin/dockerd";
    private const string Busybox = "/bin/busybox";

    private static readonly string[] Words = ["sh", "cat", "echo", "sleep", "wc", "seq", "true"];

    private readonly Process _process;
    private readonly string _folder;

    private DockerEngine(Process process, string folder) => (_process, _folder) = (process, folder);

    public string Socket => Path.Combine(_folder, "docker.sock");

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? Missing => !File.Exists(Daemon) ? "dockerd is not installed." : !File.Exists(Busybox) ? "busybox-static is not installed."
        : Environment.UserName != "root" ? "dockerd needs root." : null;

    /// <returns>Null, with the reason, where the machine forbids it.</returns>
    public static async Task<(DockerEngine? Engine, string Said)> StartAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var socket = Path.Combine(folder, "docker.sock");
        var start = Command.StartInfo(Daemon,
        [
            "--data-root", Path.Combine(folder, "data"), "--exec-root", Path.Combine(folder, "exec"), "--pidfile", Path.Combine(folder, "pid"), "--bridge=none", "--iptables=false",
            "--ip-masq=false", "--ip-forward=false", "--storage-driver=vfs", "-H", $"unix://{socket}",
        ]);
        var process = Process.Start(start)!;
        var said = new System.Collections.Concurrent.ConcurrentQueue<string>();
        process.ErrorDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var engine = new DockerEngine(process, folder);
        while (!await AnswersAsync(socket))
        {
            if (process.HasExited) return (null, string.Join('\n', said.TakeLast(5)));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        return (engine, "");
    }

    /// <summary>Makes the image <c>min</c>, by the CLI at an address.</summary>
    public async Task ImportAsync(string address)
    {
        var root = Path.Combine(_folder, "rootfs");
        foreach (var name in new[] { "bin", "tmp", "etc" }) Directory.CreateDirectory(Path.Combine(root, name));
        File.Copy(Busybox, Path.Combine(root, "bin", "busybox"));
        foreach (var word in Words) File.CreateSymbolicLink(Path.Combine(root, "bin", word), "busybox");
        var made = await Command.RunAsync("sh", ["-c", $"tar -C {root} -c . | docker -H {address} import - min"]);
        Assert.True(made.ExitCode == 0, made.Errors);
    }

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync("sh", ["-c", $"docker -H unix://{Socket} swarm leave -f; docker -H unix://{Socket} ps -aq | xargs -r docker -H unix://{Socket} rm -f"]);
        using (var stop = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])) await stop.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        // An engine that had to hurry leaves network namespaces mounted, and a folder with mounts cannot be removed.
        await Command.RunAsync("sh", ["-c", $"awk '{{print $2}}' /proc/mounts | grep '^{Path.GetDirectoryName(Socket)}/' | sort -r | xargs -r umount -l"]);
    }

    private static async Task<bool> AnswersAsync(string socket)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
