using System.Diagnostics;
using Domesday.Benchmarks.Workload;
using Domesday.Core.Append;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;

var g = new WorkloadGenerator(10_000_000, 1_700_000_000_000_000);
var lines = WorkloadJson.Lines(g, 5_000_000, 10_000);
Console.WriteLine(System.Text.Encoding.UTF8.GetString(lines.AsSpan(0, 900)));
Console.WriteLine(lines.Length / 10000);
var parser = new EventParser(EventLimits.Default); var draft = new EventDraft(); var faults = new List<Fault>(); var enrich = new EnrichStep();
var req = new AppendRequest("default", "native", []);
var outb = new ByteBuffer(16 << 20);
var now = new Timestamp(1_700_000_000_000_000);
for (var round = 0; round < 6; round++)
{
    outb.Clear();
    var sw = Stopwatch.StartNew(); double parse = 0;
    ReadOnlySpan<byte> rest = lines; var offs = new List<(int, int)>();
    while (!rest.IsEmpty)
    {
        var n = rest.IndexOf((byte)'\n');
        var line = rest[..n]; rest = rest[(n + 1)..];
        if (!parser.TryParse(line, draft, faults)) throw new InvalidOperationException(faults[0].ToString());
        enrich.Apply(draft, req, now);
        var s = outb.Length; draft.Compose(outb); offs.Add((s, outb.Length - s));
    }
    parse = sw.Elapsed.TotalMicroseconds / 10000; sw.Restart();
    var slices = new FieldSlice[EventSchema.Count];
    foreach (var (s, l) in offs) EntrySlicer.Slice(outb.Slice(s, l), slices);
    var slice = sw.Elapsed.TotalMicroseconds / 10000; sw.Restart();
    foreach (var (s, l) in offs) MerkleHash.OfPrefixedLeaf(outb.Slice(s, l));
    Console.WriteLine($"parse+compose {parse:f2} us  slice {slice:f2}  hash {sw.Elapsed.TotalMicroseconds / 10000:f2}  bytes {outb.Length / 10000}");
}
Console.WriteLine(System.Text.Encoding.UTF8.GetString(outb.Slice(0, 900)));
