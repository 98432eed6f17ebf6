using System.Text;
using System.Text.Json.Nodes;
using Domesday.Http.Mapping;
using Domesday.Ingest.KubernetesAudit;

namespace Domesday.Ingest.Tests.KubernetesAudit;

/// <summary>Whatever becomes of a post on its way, nothing crashes and no good item is lost.</summary>
public class KubernetesFuzzTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Changed_bytes_are_mapped_or_refused_but_never_a_crash(int seed)
    {
        var random = new Random(seed);
        foreach (var name in AuditFixture.Names.Select(row => row.Data))
        {
            var whole = AuditFixture.Bytes(name);
            for (var mutation = 0; mutation < 60; mutation++)
            {
                var mutant = (byte[])whole.Clone();
                for (var changes = 1 + random.Next(20); changes > 0; changes--) mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
                var items = AuditEventList.Split(mutant.AsMemory(0, random.Next(3) == 0 ? random.Next(mutant.Length) : mutant.Length), 1_000, allowItem: false);
                if (!items.IsOk) continue;
                var mapped = MappedItems.Of(items.Value, "c", (item, json) => AuditEventMapping.TryWrite(item, "c", json));
                Assert.Equal(items.Value.Count, mapped.Events.Count + mapped.Refused.Count);
                Assert.Equal(mapped.Events.Count, mapped.Origins.Count);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Good_items_survive_whatever_their_neighbours_became(int seed)
    {
        var random = new Random(seed);
        await using var host = await IngestHost.StartAsync();
        var items = AuditFixture.Items("eventlist-kubectl-session.json").Select(item => item!.DeepClone()).ToList();
        var good = new HashSet<string>();
        for (var i = 0; i < items.Count; i++)
        {
            if (random.Next(2) == 0) Twist(items[i].AsObject(), random);
            else good.Add($"{items[i]["auditID"]}/{items[i]["stage"]}");
        }
        using var body = new ByteArrayContent(AuditFixture.List("audit.k8s.io/v1", items));
        var (status, answer) = await host.PostAsync("/ingest/kubernetes", body);
        Assert.Equal(200, status);
        Assert.Equal(items.Count, answer["stored"]!.GetValue<int>() + answer["duplicate"]!.GetValue<int>() + answer["quarantined"]!.GetValue<int>());
        Assert.Empty(good.Except((await host.EventsAsync()).Select(stored => stored.Id!)));
    }

    /// <summary>Puts something else where a member was, somewhere in the item.</summary>
    private static void Twist(JsonObject item, Random random)
    {
        for (var twists = 1 + random.Next(4); twists > 0; twists--)
        {
            var target = item;
            while (random.Next(2) == 0 && target.Select(member => member.Value).OfType<JsonObject>().FirstOrDefault(inner => inner.Count > 0) is { } inner) target = inner;
            if (target.Count == 0) continue;
            var name = target.ElementAt(random.Next(target.Count)).Key;
            target[name] = random.Next(9) switch
            {
                0 => null,
                1 => JsonValue.Create(random.NextDouble() * 1e20),
                2 => JsonValue.Create(""),
                3 => JsonValue.Create("\0"),
                4 => new JsonArray(1, "", null),
                5 => new JsonObject(),
                6 => JsonValue.Create(true),
                7 => JsonValue.Create(new string('x', 70_000)),
                _ => new JsonObject { [""] = new JsonArray(), [Encoding.UTF8.GetString([0xEF, 0xBF, 0xBD])] = "x" },
            };
        }
    }
}
