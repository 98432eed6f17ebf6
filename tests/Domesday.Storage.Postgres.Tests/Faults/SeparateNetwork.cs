using System.Diagnostics;

namespace Domesday.Storage.Postgres.Tests.Faults;

/// <summary>A network namespace of its own, reached over a pair of virtual cards, with a packet filter that can swallow what goes to one port.</summary>
internal sealed class SeparateNetwork : IAsyncDisposable
{
    private const string Filter = "/usr/sbin/iptables";

    private SeparateNetwork(int number) => (Name, Outside, Inside) = ($"domesday-{Environment.ProcessId}", $"10.213.{number}.1", $"10.213.{number}.2");

    public string Name { get; }

    /// <summary>Address of this machine, as seen from within.</summary>
    public string Outside { get; }

    /// <summary>Address within the namespace.</summary>
    public string Inside { get; }

    /// <summary>Makes one, or skips the test where the machine forbids it.</summary>
    public static async Task<SeparateNetwork> MakeAsync()
    {
        Assert.SkipUnless(File.Exists(Filter) && File.Exists("/usr/sbin/ip"), "THE PACKET FILTER IS NOT TRIED: iptables or ip is not installed: apt-get install iptables iproute2");
        var network = new SeparateNetwork(Environment.ProcessId % 250);
        var card = $"dmd{Environment.ProcessId}";
        string[] steps =
        [
            $"ip netns add {network.Name}", $"ip link add {card}a type veth peer name {card}b netns {network.Name}", $"ip addr add {network.Outside}/30 dev {card}a", $"ip link set {card}a up",
            $"ip -n {network.Name} addr add {network.Inside}/30 dev {card}b", $"ip -n {network.Name} link set {card}b up", $"ip -n {network.Name} link set lo up", $"ip netns exec {network.Name} {Filter} -L -n",
        ];
        foreach (var step in steps)
        {
            if (await RunAsync(step) is not { } refused) continue;
            await network.DisposeAsync();
            Assert.Skip($"THE PACKET FILTER IS NOT TRIED: the machine forbids «{step}»: {refused}");
        }
        return network;
    }

    /// <summary>From now on nothing goes to a port or comes from it, and nobody is told.</summary>
    public async Task CutAsync(int port)
    {
        foreach (var rule in (string[])[$"OUTPUT -p tcp --dport {port}", $"INPUT -p tcp --sport {port}"]) Assert.Null(await RunAsync($"ip netns exec {Name} {Filter} -A {rule} -j DROP"));
    }

    public async Task HealAsync() => Assert.Null(await RunAsync($"ip netns exec {Name} {Filter} -F"));

    /// <summary>The cards go with it.</summary>
    public async ValueTask DisposeAsync() => await RunAsync($"ip netns del {Name}");

    /// <returns>What it said when it failed; null when it did not.</returns>
    private static async Task<string?> RunAsync(string command)
    {
        var words = command.Split(' ');
        using var process = Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var said = await output + await errors;
        return process.ExitCode == 0 ? null : said.Trim();
    }
}
