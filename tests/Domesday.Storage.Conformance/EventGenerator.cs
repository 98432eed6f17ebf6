using System.Globalization;
using System.Text.Json;
using Domesday.Events;

namespace Domesday.Storage.Conformance;

/// <summary>Makes diverse events out of a seed: absent fields, awkward texts, lists, labels, bodies, late and absurd times, ids sent twice.</summary>
public sealed class EventGenerator(int seed)
{
    private static readonly string[] Actions = ["create", "read", "update", "delete", "login", "attach", "k8s:escalate"];
    private static readonly string[] Services = ["network", "compute", "identity", "Network", "object-store"];
    private static readonly string[] Regions = ["eu-1", "eu-10", "us-1", "régión", "\"quoted\""];
    private static readonly string[] Projects = ["alpha", "beta", "gamma", "delta"];
    private static readonly string[] Awkward =
        ["ünïcode", "UPPER lower", "back\\slash", "quote\"d", "line\nbreak", "tab\tbed", "😀 emoji", "控制", "a\u0001b", "é", "{\"json\":[1]}", "%_*?", "'; drop", "null", " space "];
    private static readonly long Start = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero)).Microseconds;

    private readonly Random _random = new(seed);
    private readonly List<string> _ids = [];
    private readonly List<Timestamp> _times = [];
    private int _count;

    public IEnumerable<AuditEvent> Next(int count) => Enumerable.Range(0, count).Select(_ => Next()).ToList();

    public AuditEvent Next()
    {
        _count++;
        return new()
        {
            Id = Id(),
            Time = Time(),
            Action = Pick(Actions),
            Service = Maybe(0.8, () => Pick(Services)),
            Operation = Maybe(0.3, () => Text("op")),
            Actor = Maybe(0.9, () => Actor(0)),
            Resource = Maybe(0.8, Resource),
            Outcome = Maybe(0.8, Outcome),
            Scope = Maybe(0.8, Scope),
            Origin = Maybe(0.4, () => Pick("api", "gui", "internal")),
            Source = Maybe(0.6, Source),
            Request = Maybe(0.6, Request),
            Response = Maybe(0.1, () => new EventResponse { Body = Json() }),
            Change = Maybe(0.1, () => new Change { Before = Json(), After = Json() }),
            Reason = Maybe(0.15, () => new Reason { Text = Text("why"), Ticket = Maybe(0.5, () => $"T-{_random.Next(5)}") }),
            Level = MaybeValue(0.4, () => _random.Next(2) == 0 ? CaptureLevel.Metadata : CaptureLevel.Request),
            Labels = Maybe(0.3, () => Enumerable.Range(0, 1 + _random.Next(4)).ToDictionary(index => $"label {index} {Pick(Awkward)}", _ => Text("value"))),
            RefersTo = MaybeValue(0.1, () => (long)_random.Next(_count)),
            Raw = MaybeValue(0.1, Json),
        };
    }

    private string? Id()
    {
        var choice = _random.NextDouble();
        if (choice < 0.05 && _ids.Count > 0) return Pick(_ids);
        if (choice < 0.3) return null;
        var id = choice < 0.4 ? $"{Pick(Awkward)} {_count}" : string.Create(CultureInfo.InvariantCulture, $"evt-{_count}-{_random.Next(1_000_000)}");
        _ids.Add(id);
        return id;
    }

    private Timestamp? Time()
    {
        var choice = _random.NextDouble();
        if (choice < 0.02) return null;
        var time = choice switch
        {
            < 0.04 => new(_random.NextInt64(-62_135_596_800_000_000, 253_402_300_799_999_999)),
            < 0.14 when _times.Count > 0 => Pick(_times),
            < 0.4 => new(Start + _random.NextInt64(20L * 86_400 * 1_000_000)),
            _ => new Timestamp(Start + _count * 977_000_003L + _random.Next(1_000)),
        };
        _times.Add(time);
        return time;
    }

    private Actor Actor(int depth) => new()
    {
        Type = MaybeValue(0.7, () => (ActorType)_random.Next(5)),
        Id = $"u-{_random.Next(30)}",
        Name = Maybe(0.8, () => Text("user")),
        Roles = Maybe(0.2, () => Texts("role")),
        Groups = Maybe(0.3, () => Texts("group")),
        Credential = Maybe(0.2, () => $"key-{_random.Next(4)}"),
        OnBehalfOf = depth < 2 ? Maybe(0.1, () => Actor(depth + 1)) : null,
    };

    private Resource Resource() => new()
    {
        Type = Pick("server", "router", "volume", "Server"),
        SubType = Maybe(0.2, () => Pick("status", "scale")),
        Id = Maybe(0.7, () => $"res-{_random.Next(200)}"),
        Name = Maybe(0.5, () => Text("resource")),
        Namespace = Maybe(0.3, () => Pick("kube-system", "default", "team-a")),
    };

    private Outcome Outcome() => new()
    {
        Result = MaybeValue(0.95, () => (OutcomeResult)_random.Next(3)),
        Status = _random.Next(3) switch { 0 => 200, 1 => 403, _ => _random.Next(-5, 600) },
        Reason = Maybe(0.2, () => Text("reason")),
    };

    private EventScope Scope() => new()
    {
        Region = Pick(Regions),
        Domain = Maybe(0.5, () => Text("domain")),
        Project = Maybe(0.8, () => new NamedId { Id = Pick(Projects), Name = Maybe(0.5, () => Text("project")) }),
        Cluster = Maybe(0.5, () => new NamedId { Id = Maybe(0.5, () => $"c-{_random.Next(3)}"), Name = $"cluster-{_random.Next(5)}" }),
    };

    private EventSource Source() => new()
    {
        Ip = Pick("10.0.0.1", "10.0.0.10", "2001:db8::1", "192.168.1.1"),
        Port = MaybeValue(0.5, () => _random.Next(65_536)),
        ForwardedFor = Maybe(0.2, () => Texts("hop")),
        UserAgent = Maybe(0.7, () => _random.Next(20) == 0 ? new string('a', _random.Next(1, 20_000)) : Text("agent")),
    };

    private EventRequest Request() => new()
    {
        Id = $"req-{_random.Next(100)}",
        Session = Maybe(0.2, () => Text("session")),
        Method = Pick("GET", "POST", "DELETE"),
        Uri = Maybe(0.7, () => "/v1/" + Text("path")),
        Body = MaybeValue(0.2, Json),
    };

    private JsonElement Json()
    {
        var text = JsonEncodedText.Encode(Pick(Awkward)).ToString();
        return JsonDocument.Parse(_random.Next(6) switch
        {
            0 => "false",
            1 => "[]",
            2 => $"[1,2.50,-0.0,1e3,\"{text}\",true,{{}}]",
            3 => $"{{\"z\":1,\"a\":{{\"{text}\":[null]}},\"time\":\"x\",\"id\":\"{_random.Next(9)}\"}}",
            4 => $"\"{text}\"",
            _ => $"{{\"big\":\"{new string('x', _random.Next(1, 2_000))}\",\"number\":12345678901234567890}}",
        }).RootElement.Clone();
    }

    private string Text(string stem) => _random.Next(4) switch
    {
        0 => Pick(Awkward),
        1 => $"{stem} {Pick(Awkward)} {_random.Next(5)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{stem}-{_random.Next(12)}"),
    };

    private List<string> Texts(string stem) => [.. Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => Text(stem))];

    private T? Maybe<T>(double chance, Func<T> make)
        where T : class => _random.NextDouble() < chance ? make() : null;

    private T? MaybeValue<T>(double chance, Func<T> make)
        where T : struct => _random.NextDouble() < chance ? make() : null;

    private T Pick<T>(params IReadOnlyList<T> values) => values[_random.Next(values.Count)];
}
