using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Merkle;
using Domesday.Storage.Conformance;
using Domesday.Storage.Embedded;
using Domesday.Storage.Embedded.Manifests;
using Domesday.Storage.Embedded.Reading;

namespace Domesday.Simulation.Tests;

/// <summary>One bit of any file turned over: reads are refused with a clear reason, or what is derived is made again; a wrong answer never comes.</summary>
public class DamageTests
{
    private static readonly string[] Tenants = ["acme", "globex"];
    private static readonly SettableTime Time = new(new DateTimeOffset(2026, 2, 11, 12, 0, 0, TimeSpan.Zero));
    private static readonly EngineOptions Options = new() { GenerationEventsMax = 60, MergeFanIn = 3, OwnFileBytesMin = 0 };

    [Theory]
    [InlineData("segments")]
    [InlineData("log")]
    [InlineData("ids")]
    [InlineData("manifest")]
    public async Task A_flipped_bit_is_noticed_wherever_it_is(string kind)
    {
        var random = new Random(kind.Length);
        var (detected, healed) = (0, 0);
        for (var round = 0; round < 120; round++)
        {
            var (disk, promised) = Filled(round);
            var files = disk.Names.Where(name => name.StartsWith(kind, StringComparison.Ordinal) && IsListed(disk, name)).ToList();
            var file = files[random.Next(files.Count)];
            disk.Flip(file, random.NextInt64(disk.LengthOf(file)), random.Next(8));
            if (await WasNoticedAsync(disk, promised)) detected++;
            else healed++;
        }
        Assert.True(kind == "ids" ? healed > 0 : detected == 120, $"{detected} detected, {healed} healed");
    }

    [Fact]
    public async Task Damage_in_one_tenants_segment_stops_that_tenant_alone()
    {
        var (disk, promised) = Filled(1);
        var manifest = Manifest.Read(disk)!;
        var segment = manifest.Tenants.Single(tenant => tenant.Name == "acme").Segments[0];
        disk.Flip($"segments/{segment.File:d12}.seg", 40, 3);
        using var engine = new Engine(disk, Options, Time, ownSyncThread: false);
        var reader = new EngineReader(engine.Ledgers, engine.Files.Cache, engine.FindId, Time);
        var damaged = await reader.ListAsync(AccessScope.WholeTenant("acme"), new() { Limit = 1000 }, CancellationToken.None);
        Assert.Equal(Core.Problems.ProblemKind.Corrupt, damaged.Problem?.Kind);
        Assert.Contains("acme", damaged.Problem!.Detail, StringComparison.Ordinal);
        var healthy = await reader.ListAsync(AccessScope.WholeTenant("globex"), new() { Limit = 1000 }, CancellationToken.None);
        Assert.Equal(promised["globex"].Count, healthy.Value.Entries.Count);
    }

    [Fact]
    public void Damage_in_the_middle_of_the_log_is_told_from_a_torn_tail()
    {
        var (disk, _) = Filled(2);
        var log = disk.Names.Last(name => name.StartsWith("log/", StringComparison.Ordinal));
        disk.Flip(log, disk.LengthOf(log) / 2, 0);
        using var engine = new Engine(disk, Options, Time, ownSyncThread: false);
        Assert.NotEmpty(engine.Recovered.Damages);
        Assert.Contains(engine.Ledgers.All, ledger => ledger.Damage is not null);
    }

    [Fact]
    public void A_flipped_bit_in_the_leaf_of_a_dropped_event_is_noticed()
    {
        var (disk, promised) = Filled(3);
        using (var engine = new Engine(disk, Options, Time, ownSyncThread: false))
        {
            while (engine.Flush())
            {
            }
            Assert.True(engine.Drop(engine.Ledgers.Find("acme")!, long.MaxValue, long.MaxValue).Events > 0);
        }
        var leaves = disk.Names.First(name => name.StartsWith("leaves/", StringComparison.Ordinal));
        disk.Flip(leaves, disk.LengthOf(leaves) / 2, 5);
        using var damaged = new Engine(disk, Options, Time, ownSyncThread: false);
        using var snapshot = damaged.Ledgers.Find("acme")!.Snapshot();
        Assert.Throws<CorruptLedgerException>(() => snapshot.ReadLeaves(0, new MerkleHash[promised["acme"].Count]));
    }

    [Fact]
    public void A_flipped_bit_in_the_record_of_an_erased_event_stops_its_ledger_and_no_other()
    {
        for (var round = 0; round < 15; round++)
        {
            var (disk, promised) = Filled(3);
            using (var engine = new Engine(disk, Options, Time, ownSyncThread: false)) Assert.Equal(3, engine.Erase(engine.Ledgers.Find("acme")!, [1, 2, 100]));
            var file = disk.Names.Single(name => name.StartsWith("erased/", StringComparison.Ordinal));
            disk.Flip(file, new Random(round).NextInt64(disk.LengthOf(file)), round % 8);
            using var damaged = new Engine(disk, Options, Time, ownSyncThread: false);
            Assert.Equal(["acme"], damaged.Ledgers.All.Where(ledger => ledger.Damage is not null).Select(ledger => ledger.Name));
            while (damaged.Flush() || damaged.Merge(CancellationToken.None))
            {
            }
            using var snapshot = damaged.Ledgers.Find("globex")!.Snapshot();
            Assert.Equal(promised["globex"].Count, snapshot.Size);
        }
    }

    /// <summary>Files that were merged into others lie about until nobody can be reading them.</summary>
    private static bool IsListed(SimulatedDisk disk, string name)
    {
        var manifest = Manifest.Read(disk)!;
        var listed = manifest.Tenants.SelectMany(tenant => tenant.Segments).Select(segment => $"segments/{segment.File:d12}.seg").Concat(manifest.IdRuns.Select(run => $"ids/{run.File:d12}.ids"));
        return !name.StartsWith("segments", StringComparison.Ordinal) && !name.StartsWith("ids", StringComparison.Ordinal) || listed.Contains(name);
    }

    /// <returns>False when every promise was nevertheless kept.</returns>
    private static async Task<bool> WasNoticedAsync(SimulatedDisk disk, IReadOnlyDictionary<string, List<Receipt>> promised)
    {
        try
        {
            using var engine = new Engine(disk, Options, Time, ownSyncThread: false);
            if (engine.Recovered.Damages.Count > 0 || engine.Recovered.Log.TornBytes > 0) return true;
            var reader = new EngineReader(engine.Ledgers, engine.Files.Cache, engine.FindId, Time);
            foreach (var (tenant, receipts) in promised)
            {
                var scope = AccessScope.WholeTenant(tenant);
                var page = await reader.ListAsync(scope, new() { Limit = 10_000, Descending = false }, CancellationToken.None);
                if (!page.IsOk) return true;
                Assert.Equal(receipts.Select(receipt => receipt.LeafHash), page.Value.Entries.Select(entry => MerkleHash.OfLeaf(entry.Bytes.Span)));
                foreach (var receipt in receipts)
                {
                    var found = await reader.FindAsync(scope, receipt.Id, CancellationToken.None);
                    if (!found.IsOk && found.Problem.Kind == Core.Problems.ProblemKind.Corrupt) return true;
                    Assert.Equal(receipt.Sequence, found.Value.Sequence);
                }
                if (!await AreIndexesSoundAsync(reader, scope, receipts.Count)) return true;
            }
            return false;
        }
        catch (CorruptLedgerException)
        {
            return true;
        }
    }

    /// <summary>Asks everything that touches dictionaries, lists of rows, hours and times.</summary>
    private static async Task<bool> AreIndexesSoundAsync(EngineReader reader, AccessScope scope, int total)
    {
        foreach (var field in Events.Schema.EventSchema.Fields)
        {
            var facets = await reader.FacetsAsync(scope, EventFilter.All, [field.Field], 100_000, CancellationToken.None);
            if (!facets.IsOk) return false;
            foreach (var value in facets.Value.Fields[0].Values)
            {
                var count = await reader.CountAsync(scope, new() { Conditions = [FieldCondition.Is(field.Field, value.Value)] }, CancellationToken.None);
                if (!count.IsOk) return false;
                if (field.Kind != Events.Schema.FieldKind.TextList) Assert.Equal(value.Count, count.Value);
            }
        }
        var histogram = await reader.HistogramAsync(scope, EventFilter.All, HistogramInterval.Hour, CancellationToken.None);
        if (!histogram.IsOk) return false;
        Assert.Equal(total, histogram.Value.Buckets.Sum(bucket => bucket.Count));
        var byTime = await reader.ListAsync(scope, new() { Limit = 10_000, Order = EventOrder.Time }, CancellationToken.None);
        if (!byTime.IsOk) return false;
        foreach (var entry in byTime.Value.Entries)
        {
            foreach (var (_, attachment) in Events.Json.EventJson.Read(entry.Bytes.Span).Attachments ?? new Dictionary<string, Events.AttachmentDigest>())
            {
                if (!(await reader.AttachmentAsync(scope, entry.Sequence, attachment.Sha256, CancellationToken.None)).IsOk) return false;
            }
        }
        return true;
    }

    /// <summary>A store with segments, some of them merged, runs of ids, and a log that was not closed.</summary>
    private static (SimulatedDisk Disk, IReadOnlyDictionary<string, List<Receipt>> Promised) Filled(int seed)
    {
        var disk = new SimulatedDisk(new Random(seed));
        new Manifest { HashKey0 = 1, HashKey1 = 2, NextFile = 1, LogFrom = 1 }.Write(disk);
        var events = new EventGenerator(seed);
        var promised = Tenants.ToDictionary(tenant => tenant, _ => new List<Receipt>());
        using var engine = new Engine(disk, Options, Time, ownSyncThread: false);
        for (var batch = 0; batch < 30; batch++)
        {
            var tickets = Tenants.Select(tenant => engine.Ticket(tenant, PendingBatches.Of(tenant, Time.GetUtcNow(), events.Next(6), batch % 5 == 0 ? [(0, new byte[500 + batch])] : []))).ToList();
            engine.Commit(tickets);
            foreach (var ticket in tickets) promised[ticket.Ledger.Name].AddRange(ticket.Done.Result.Value.Where(receipt => !receipt.Duplicate));
            if (engine.MustRoll) engine.Roll();
            if (batch < 22) engine.Flush();
        }
        engine.Merge(CancellationToken.None);
        // Without it, damage to the last group could not be told from a torn tail.
        engine.Mark();
        return (disk, promised);
    }
}
