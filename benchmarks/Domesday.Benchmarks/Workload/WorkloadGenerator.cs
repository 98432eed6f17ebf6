using System.Globalization;

namespace Domesday.Benchmarks.Workload;

/// <summary>
/// A month of a control plane's events, the same for the same seed: 20 clusters, 4 regions, 30 domains, 1,000 projects (zipf), 8 services,
/// 12 actions (skewed), 60 resource types (skewed), 2 million resource ids, 5,000 actors (zipf), 20,000 addresses, 60 user agents,
/// a request body of 300 to 600 bytes on one event in ten.
/// </summary>
public sealed class WorkloadGenerator
{
    public const long SpanMicroseconds = 30L * 86_400 * 1_000_000;

    private static readonly string[] Actions = ["read", "update", "create", "login", "delete", "logout", "attach", "detach", "start", "stop", "resize", "migrate"];
    private static readonly double[] ActionShares = [0.42, 0.17, 0.12, 0.09, 0.06, 0.04, 0.03, 0.02, 0.02, 0.015, 0.01, 0.005];
    private static readonly string[] Services = ["compute", "network", "volume", "identity", "image", "object-store", "dns", "orchestration"];
    private static readonly string[] Kinds = ["server", "volume", "router", "port", "image", "user", "project", "subnet", "snapshot", "keypair", "stack", "zone"];
    private static readonly string[] Methods = ["GET", "PUT", "POST", "POST", "DELETE", "POST", "POST", "POST", "POST", "POST", "POST", "POST"];

    private readonly string[] _clusters, _regions, _domains, _types, _names, _agents, _addresses;
    private readonly Guid[] _projects, _actors;
    private readonly double[] _projectShares, _actorShares, _typeShares, _actions;
    private readonly long _start;
    private readonly long _total;
    private readonly int _resources;
    private readonly int _seed;

    /// <param name="total">How many events the month is divided among.</param>
    /// <param name="start">First moment, microseconds since 1970.</param>
    public WorkloadGenerator(long total, long start, int seed = 1086)
    {
        (_total, _start, _seed) = (total, start, seed);
        _resources = (int)Math.Clamp(total / 5, 1, 2_000_000);
        _clusters = Numbered("cluster-", 20);
        _regions = Numbered("region-", 4);
        _domains = Numbered("domain-", 30);
        _types = [.. Enumerable.Range(0, 60).Select(i => i < Kinds.Length ? Kinds[i] : $"{Kinds[i % Kinds.Length]}-{i / Kinds.Length}")];
        _names = [.. Enumerable.Range(0, 5_000).Select(i => $"user{i:d4}@example{i % 37}.com")];
        _agents = [.. Enumerable.Range(0, 60).Select(i => $"python-openstackclient/{i % 9}.{i % 7} keystoneauth1/{i} linux")];
        _addresses = [.. Enumerable.Range(0, 20_000).Select(i => $"10.{i / 6_400}.{i / 25 % 256}.{i % 250 + 1}")];
        _projects = [.. Enumerable.Range(0, 1_000).Select(i => Id(1, i))];
        _actors = [.. Enumerable.Range(0, 5_000).Select(i => Id(2, i))];
        _projectShares = Zipf(1_000);
        _actorShares = Zipf(5_000);
        _typeShares = Zipf(60);
        _actions = Cumulative(ActionShares);
    }

    public IReadOnlyList<Guid> Projects => _projects;

    public IReadOnlyList<string> Addresses => _addresses;

    public IReadOnlyList<string> ActorNames => _names;

    public static Guid ResourceId(int index) => Id(3, index);

    public int Resources => _resources;

    /// <summary>The event at a position of the month; depends on nothing else.</summary>
    public WorkloadEvent At(long index)
    {
        var random = new Draw(unchecked((ulong)_seed * 0x9E3779B97F4A7C15 ^ (ulong)index * 0xD1B54A32D192ED03));
        var action = Pick(_actions, random.NextDouble());
        var type = Pick(_typeShares, random.NextDouble());
        var project = Pick(_projectShares, random.NextDouble());
        var actor = Pick(_actorShares, random.NextDouble());
        var resource = random.Next(_resources);
        var resourceId = Id(3, resource);
        var failure = random.NextDouble();
        return new(
            _start + (long)((double)index / _total * SpanMicroseconds) + random.Next(200_000),
            _clusters[project % 20], _regions[project % 4], _domains[project % 30], _projects[project], Services[type % 8], Actions[action], _types[type],
            resourceId, string.Create(CultureInfo.InvariantCulture, $"{_types[type]}-{resource}"),
            failure < 0.93 ? "success" : failure < 0.99 ? "failure" : "unknown", random.Next(5) == 0 ? "application" : "user",
            _actors[actor], _names[actor], _addresses[random.Next(20_000)], _agents[random.Next(60)],
            Methods[action], $"/v2.1/{_types[type]}s/{resourceId}", failure < 0.93 ? 200 : failure < 0.97 ? 403 : 500,
            Id(4, index), random.Next(10) == 0 ? Body(ref random, resource) : null);
    }

    private static string Body(ref Draw random, int resource)
    {
        var tags = string.Join(',', Enumerable.Range(0, 2 + random.Next(8)).Select(i => $"\"tag-{(resource + i * 7) % 400}\""));
        return string.Create(CultureInfo.InvariantCulture,
            $$"""{"availability_zone":"az-{{random.Next(3)}}","description":"requested by ticket {{random.Next(100_000)}} for the {{Kinds[random.Next(12)]}} pool","flavor":{"id":"m1.{{random.Next(6)}}","ram":{{1 << 9 + random.Next(6)}},"vcpus":{{1 + random.Next(16)}}},"image":"{{Id(5, random.Next(300))}}","metadata":{"cost_center":"cc-{{random.Next(90)}}","owner":"team-{{random.Next(60)}}","stage":"prod"},"networks":[{"port":"{{Id(6, random.Next(1_000_000))}}"}],"tags":[{{tags}}]}""");
    }

    private static Guid Id(int kind, long index)
    {
        var draw = new Draw(unchecked((ulong)index * 0xA0761D6478BD642F + (ulong)kind * 0xE7037ED1A0B428DB));
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, draw.NextUInt64());
        BitConverter.TryWriteBytes(bytes[8..], draw.NextUInt64());
        bytes[7] = (byte)(bytes[7] & 0x0F | 0x40);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new(bytes);
    }

    private static string[] Numbered(string prefix, int count) => [.. Enumerable.Range(1, count).Select(i => prefix + i)];

    private static double[] Zipf(int count) => Cumulative([.. Enumerable.Range(1, count).Select(i => 1.0 / i)]);

    private static double[] Cumulative(double[] shares)
    {
        var sum = shares.Sum();
        var running = 0.0;
        return [.. shares.Select(share => running += share / sum)];
    }

    private static int Pick(double[] cumulative, double value)
    {
        var index = Array.BinarySearch(cumulative, value);
        return Math.Min(index < 0 ? ~index : index, cumulative.Length - 1);
    }

    /// <summary>SplitMix64: small, fast, and a pure function of its seed.</summary>
    private struct Draw(ulong state)
    {
        private ulong _state = state;

        public ulong NextUInt64()
        {
            var z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
            z = (z ^ z >> 27) * 0x94D049BB133111EB;
            return z ^ z >> 31;
        }

        public int Next(int limit) => (int)Math.BigMul(NextUInt64(), (ulong)limit, out _);

        public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));
    }
}
