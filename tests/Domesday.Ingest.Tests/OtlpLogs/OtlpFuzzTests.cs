using System.Text.Json;
using Domesday.Http.Mapping;
using Domesday.Ingest.OtlpLogs;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Ingest.Tests.OtlpLogs;

/// <summary>Whatever is sent, nothing crashes, nothing grows without bound, and every record has one fate.</summary>
public class OtlpFuzzTests
{
    private const int GrowthMax = 20;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Fact]
    public void Any_bytes_are_transcoded_or_refused() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
    {
        var json = WireTranscoder.TryTranscode(bytes, int.MaxValue);
        if (json is null) return true;
        JsonDocument.Parse(json.Value, new() { MaxDepth = 1_000 }).Dispose();
        return json.Value.Length <= bytes.Length * (long)GrowthMax + 2_048;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Changed_bytes_of_real_requests_are_mapped_or_refused_but_never_a_crash(int seed)
    {
        var random = new Random(seed);
        foreach (var (whole, isJson) in new[] { (OtlpRequest.Fixture("js-exporter-http-0.223.json"), true), (OtlpRequest.Unzipped(OtlpRequest.Fixture("js-exporter-proto-0.223.bin.gz")), false) })
        {
            for (var mutation = 0; mutation < 400; mutation++)
            {
                var mutant = (byte[])whole.Clone();
                for (var changes = 1 + random.Next(8); changes > 0; changes--) mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
                var items = OtlpLogsSource.Split(mutant.AsMemory(0, random.Next(3) == 0 ? random.Next(mutant.Length) : mutant.Length), isJson, 1_000, 1_000_000);
                if (!items.IsOk) continue;
                var mapped = MappedItems.Of(items.Value, null, new OtlpMapping().TryWrite);
                Assert.Equal(items.Value.Count, mapped.Events.Count + mapped.Refused.Count);
            }
        }
    }
}
