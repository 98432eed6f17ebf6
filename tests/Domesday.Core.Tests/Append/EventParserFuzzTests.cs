using System.Text;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Storage.Conformance;

namespace Domesday.Core.Tests.Append;

/// <summary>Whatever arrives, the parser says what is wrong with it, and what it takes stays what it was.</summary>
public class EventParserFuzzTests
{
    private static readonly byte[] Signs = [.. "{}[]\",:\\0e-.ntf\u0001 "u8];
    private static readonly string[] Snippets = ["\\u0000", "\\ud800", "null", "1e999", "\"\"", "é", "[[[[", "\"a\":1,"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Mutated_events_are_refused_with_a_reason_or_taken_and_never_more(int seed)
    {
        var random = new Random(seed);
        var (parser, draft, faults) = (new EventParser(EventLimits.Default), new EventDraft(), new List<Fault>());
        var taken = 0;
        foreach (var auditEvent in new EventGenerator(seed).Next(60))
        {
            var whole = EventJson.Write(auditEvent);
            faults.Clear();
            Assert.True(parser.TryParse(whole, draft, faults));
            for (var mutation = 0; mutation < 50; mutation++)
            {
                var mutant = Mutated(whole, random);
                faults.Clear();
                if (parser.TryParse(mutant, draft, faults))
                {
                    taken++;
                    Assert.Empty(faults);
                    AssertCanonical(draft, mutant);
                }
                else
                {
                    Assert.NotEmpty(faults);
                    Assert.All(faults, fault => Assert.False(string.IsNullOrWhiteSpace(fault.Reason)));
                }
            }
        }
        Assert.True(taken > 100, $"only {taken} mutants were taken: the mutations are too coarse to say anything");
    }

    [Fact]
    public void What_one_event_left_behind_does_not_reach_the_next()
    {
        var (parser, draft, faults) = (new EventParser(EventLimits.Default), new EventDraft(), new List<Fault>());
        Assert.False(parser.TryParse("""{"action":"create","request":{"body":{"a":1,"b":"\ud800"}}}"""u8, draft, faults));
        Assert.False(parser.TryParse("""{"action":"create","actor":{"name":"x","""u8, draft, faults));
        faults.Clear();
        Assert.True(parser.TryParse("""{"action":"delete","request":{"body":{"z":1,"a":2}}}"""u8, draft, faults));
        var output = new ByteBuffer();
        draft.Compose(output);
        Assert.Equal("""{"action":"delete","request":{"body":{"a":2,"z":1}},}""", Encoding.UTF8.GetString(output.Written));
    }

    [Fact]
    public void Every_fault_is_named_but_not_a_million_of_them()
    {
        var (parser, draft, faults) = (new EventParser(EventLimits.Default), new EventDraft(), new List<Fault>());
        Assert.False(parser.TryParse("""{"time":"yesterday","actor":{"nam":"x","type":"robot"},"source":{"ip":"here"}}"""u8, draft, faults));
        Assert.Equal(["time", "actor.nam", "actor.type", "source.ip", "action"], faults.Select(fault => fault.Field));
        faults.Clear();
        Assert.False(parser.TryParse(Encoding.UTF8.GetBytes("{" + string.Join(',', Enumerable.Range(0, 50_000).Select(index => $"\"m{index}\":1")) + "}"), draft, faults));
        Assert.Equal(101, faults.Count);
        Assert.Contains("further", faults[^1].Reason, StringComparison.Ordinal);
    }

    /// <summary>The draft's values are canonical, and composing them gives one JSON object.</summary>
    private static void AssertCanonical(EventDraft draft, byte[] mutant)
    {
        draft.SetText(Domesday.Events.Schema.EventField.Tenant, "t");
        var output = new ByteBuffer();
        var sequenceAt = draft.Compose(output);
        byte[] entry = [.. output.Slice(0, sequenceAt), .. "\"sequence\":0,"u8, .. output.Slice(sequenceAt, output.Length - sequenceAt)];
        Assert.True(entry.AsSpan().SequenceEqual(CanonicalJson.Canonicalize(entry)), Encoding.UTF8.GetString(mutant));
        EventJson.Read(entry);
    }

    private static byte[] Mutated(byte[] whole, Random random)
    {
        var bytes = whole.ToList();
        for (var changes = 1 + random.Next(3); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveAt(at); break;
                case 2: bytes.Insert(at, Signs[random.Next(Signs.Length)]); break;
                case 3: bytes.RemoveRange(at, Math.Min(random.Next(20), bytes.Count - at)); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(40), bytes.Count - at))); break;
                case 5: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Snippets[random.Next(Snippets.Length)])); break;
                default: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            }
        }
        return [.. bytes];
    }
}
