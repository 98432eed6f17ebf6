using System.Text;
using System.Text.Json.Nodes;
using Domesday.Http.Mapping;
using Domesday.Ingest.Cadf;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Ingest.Tests.Cadf;

/// <summary>Whatever is sent, nothing crashes and every item has one fate.</summary>
public class CadfFuzzTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Changed_bytes_are_mapped_or_refused_but_never_a_crash(int seed)
    {
        var random = new Random(seed);
        var whole = CadfFixture.Bytes(CadfFixture.All);
        for (var mutation = 0; mutation < 40; mutation++)
        {
            var mutant = (byte[])whole.Clone();
            for (var changes = 1 + random.Next(100); changes > 0; changes--) mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            var items = JsonBatch.Split(mutant, BodyForm.Lines, int.MaxValue).Value;
            var folded = CadfPairs.Fold(items);
            Assert.InRange(folded.Count, items.Count / 2, items.Count);
            var mapped = CadfSource.MapItems(folded, "r");
            Assert.Equal(folded.Count, mapped.Events.Count + mapped.Refused.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Members_of_other_kinds_than_expected_are_no_crash(int seed)
    {
        var random = new Random(seed);
        foreach (var one in CadfFixture.Events)
        {
            for (var twists = 1 + random.Next(5); twists > 0; twists--)
            {
                JsonObject target = one;
                while (random.Next(3) > 0 && target.Select(member => member.Value).OfType<JsonObject>().OrderBy(_ => random.Next()).FirstOrDefault(inner => inner.Count > 0) is { } inner) target = inner;
                target[target.ElementAt(random.Next(target.Count)).Key] = random.Next(8) switch
                {
                    0 => null,
                    1 => JsonValue.Create(random.NextDouble() * 1e20),
                    2 => JsonValue.Create(""),
                    3 => JsonValue.Create("\0"),
                    4 => new JsonArray(1, "", null),
                    5 => new JsonObject(),
                    6 => JsonValue.Create(true),
                    _ => new JsonObject { [""] = new JsonArray(), ["id"] = 7 },
                };
            }
            var mapped = CadfSource.MapItems([Encoding.UTF8.GetBytes(one.ToJsonString())], null);
            Assert.Equal(1, mapped.Events.Count + mapped.Refused.Count);
        }
    }

    [Fact]
    public void Any_time_is_understood_or_is_not() => Prop.ForAll(Gen.ArrayOf(Gen.Elements("2026-11-20", "T", " ", "10:30:24", ".5", "+0000", "-", "+", "Z", "0", ":", "é")).Select(parts => string.Concat(parts)).ToArbitrary(), text =>
    {
        CadfMapping.TimeOf(text);
        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Fact]
    public void Any_path_names_a_resource_or_none() => Prop.ForAll<string, string>((typeUri, path) =>
    {
        ResourceName.Of("service/compute/" + typeUri, path);
        ResourceName.Of(typeUri, path);
        return true;
    }).QuickCheckThrowOnFailure();
}
