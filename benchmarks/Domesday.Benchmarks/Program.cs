using System.Diagnostics;
using Domesday.Benchmarks.Workload;
using Domesday.Core.Append;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Caching;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Disk;
using Domesday.Storage.Embedded.Segments;

var n = int.Parse(args[0]);
var g = new WorkloadGenerator(10_000_000, 1_700_000_000_000_000);
var parser = new EventParser(EventLimits.Default); var draft = new EventDraft(); var faults = new List<Fault>(); var enrich = new EnrichStep();
var req = new AppendRequest("default", "native", []);
var outb = new ByteBuffer(16 << 20);
var offs = new List<(int, int)>();
for (var b = 0; b < n; b += 1000)
{
    ReadOnlySpan<byte> rest = WorkloadJson.Lines(g, 5_000_000 + b, 1000);
    var now = new Timestamp(1_701_300_000_000_000 + b * 10);
    while (!rest.IsEmpty)
    {
        var l = rest.IndexOf((byte)'\n');
        var line = rest[..l]; rest = rest[(l + 1)..];
        if (!parser.TryParse(line, draft, faults)) throw new InvalidOperationException(faults[0].ToString());
        enrich.Apply(draft, req, now);
        draft.SetInteger(EventField.Sequence, offs.Count);
        var s = outb.Length; draft.Compose(outb); offs.Add((s, outb.Length - s));
    }
}
Console.WriteLine($"{offs.Count} entries {outb.Length / offs.Count} bytes");
var root = "/tmp/segtest"; if (Directory.Exists(root)) Directory.Delete(root, true);
using var disk = new PosixDisk(root);
var hash = SipHash.NewKey();
for (var round = 1; round <= 3; round++)
{
    var sw = Stopwatch.StartNew();
    var builder = new SegmentBuilder(hash, 0);
    foreach (var (s, l) in offs) builder.Add(outb.Slice(s, l));
    var t1 = sw.Elapsed.TotalMicroseconds / n; sw.Restart();
    using var file = new SegmentOutput(disk.Create(SegmentSource.NameOf(round)));
    var info = builder.Write(file, round, []);
    file.Finish();
    var t2 = sw.Elapsed.TotalMicroseconds / n; sw.Restart();
    using var files = new OpenFiles(disk, 10);
    var reader = new SegmentReader(info, files, new BlockCache(64 << 20), hash);
    var cursor = new EntryCursor(reader, true);
    var o = new ByteBuffer();
    for (var i = 0; i < n; i++)
    {
        o.Clear(); cursor.Append(i, o);
        if (!o.Written.SequenceEqual(outb.Slice(offs[i].Item1, offs[i].Item2))) throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(o.Written) + "\n" + System.Text.Encoding.UTF8.GetString(outb.Slice(offs[i].Item1, offs[i].Item2)));
    }
    var t3 = sw.Elapsed.TotalMicroseconds / n;
    Console.WriteLine($"add {t1:f2} write {t2:f2} read {t3:f2} us; {info.Bytes / (double)n:f1} bytes/event");
    var f = reader.Layout.Footer;
    foreach (var c in f.Columns) Console.Write($"{c.Field}:{c.Encoding}:{c.Distinct} ");
    Console.WriteLine($"blocks {f.Blocks.Position / (double)n:f1}  times {f.Times.Position / (double)n:f1}");
}
