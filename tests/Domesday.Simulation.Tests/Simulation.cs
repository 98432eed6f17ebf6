using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;
using Domesday.Storage.Conformance;
using Domesday.Storage.Embedded;
using Domesday.Storage.Embedded.Commit;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Manifests;
using Domesday.Storage.Embedded.Reading;

namespace Domesday.Simulation.Tests;

/// <summary>One run of the engine through appends, flushes, merges, faults and crashes, all decided by a seed, checked against what it promised.</summary>
internal sealed class Simulation : IDisposable
{
    private static readonly string[] Tenants = ["acme", "globex", "initech"];

    private readonly Random _random;
    private readonly EventGenerator _events;
    private readonly SettableTime _time = new(new DateTimeOffset(2026, 2, 11, 12, 0, 0, TimeSpan.Zero));
    private readonly Promises _promises = new();
    private readonly EngineOptions _options;
    private readonly List<(string Tenant, AuditEvent Event)> _sent = [];
    private Engine? _engine;

    public Simulation(int seed)
    {
        _random = new(seed);
        _events = new(seed);
        Disk = new(new Random(seed ^ 0x5EED));
        _options = new()
        {
            GenerationEventsMax = 1 + _random.Next(60),
            MergeFanIn = 2 + _random.Next(3),
            SegmentRowsMax = 50 + _random.Next(400),
            FrozenMax = 1 + _random.Next(3),
            OpenFilesMax = 4,
            CacheBytesMax = 1 << 20,
            IdFilterBytesMax = _random.Next(2) * 4_000,
            OwnFileBytesMin = _random.Next(2) * 5_000,
        };
        new Manifest { HashKey0 = (ulong)seed, HashKey1 = 1086, NextFile = 1, LogFrom = 1 }.Write(Disk);
        Disk.SyncFailures = _random.Next(4) == 0 ? 0.02 : 0;
    }

    public SimulatedDisk Disk { get; }

    public int Acknowledged => _promises.Kept.Values.Sum(receipts => receipts.Count);

    /// <summary>Events that were erased.</summary>
    public long Erased => Tenants.Sum(tenant => (long)_promises.Erased(tenant).Count);

    /// <summary>Events that retention dropped.</summary>
    public long Dropped => Tenants.Sum(_promises.FirstOf);

    public async Task RunAsync(int steps)
    {
        await RestartAsync();
        for (var step = 0; step < steps; step++)
        {
            try
            {
                if (_random.Next(6) == 0) Disk.CrashAt = Disk.Operations + 1 + _random.Next(12);
                if (_random.Next(20) == 0) Disk.IsFull = !Disk.IsFull;
                await StepAsync();
            }
            catch (SimulatedCrashException)
            {
                await CrashAsync();
            }
        }
        (Disk.IsFull, Disk.SyncFailures) = (false, 0);
        await CrashAsync();
        _engine!.Roll();
        while (_engine.Flush() || _engine.Merge(CancellationToken.None))
        {
        }
        await CheckAsync();
        CheckNothingIsPending();
    }

    public void Dispose() => _engine?.Dispose();

    private async Task StepAsync()
    {
        switch (_random.Next(13))
        {
            case < 6:
                Append();
                break;
            case 6:
                _engine!.Mark();
                break;
            case 7:
                _engine!.Roll();
                break;
            case 8 or 9:
                IgnoringFaults(() => _engine!.Flush());
                break;
            case 10 when _random.Next(3) == 0:
                IgnoringFaults(Drop);
                break;
            case 11:
                IgnoringFaults(Erase);
                break;
            case 10:
                IgnoringFaults(() => _engine!.Merge(CancellationToken.None));
                break;
            default:
                await CheckAsync();
                break;
        }
        _time.Advance(TimeSpan.FromSeconds(_random.Next(50)));
    }

    private static void IgnoringFaults(Action action)
    {
        try
        {
            action();
        }
        catch (IOException exception) when (exception is not CorruptLedgerException)
        {
            // A fault of the disk: the engine tries again later, as its threads would.
        }
    }

    private void Append()
    {
        if (_engine!.MustRoll) _engine.Roll();
        while (_engine.IsFlushBehind)
        {
            var before = _engine.Frozen;
            IgnoringFaults(() => _engine.Flush());
            if (_engine.Frozen == before) return;
        }
        var tickets = Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => NewTicket()).ToList();
        // Between looking ids up and storing, what was in memory may become segments.
        if (_random.Next(4) == 0) IgnoringFaults(() => _engine.Flush());
        var fresh = FreshIds(tickets);
        _promises.LeaveOpen(fresh);
        _engine.Commit(tickets);
        foreach (var ticket in tickets)
        {
            var result = ticket.Done.GetAwaiter().GetResult();
            if (!result.IsOk) continue;
            CheckReceipts(ticket, result.Value);
            _promises.Acknowledge(ticket.Ledger.Name, result.Value);
            _promises.Settle();
        }
    }

    private void Drop()
    {
        var tenant = Tenants[_random.Next(Tenants.Length)];
        if (_engine!.Ledgers.Find(tenant) is not { } ledger) return;
        var sealedSize = _random.NextInt64(_promises.Of(tenant).Count + 1);
        _promises.AllowDrop(tenant, sealedSize);
        var before = Timestamp.FromDateTimeOffset(_time.GetUtcNow().AddSeconds(-_random.Next(300)));
        var dropped = _engine.Drop(ledger, before.Microseconds, sealedSize);
        _promises.BeginsWith(tenant, _promises.FirstOf(tenant) + dropped.Events);
    }

    private void Erase()
    {
        var tenant = Tenants[_random.Next(Tenants.Length)];
        if (_engine!.Ledgers.Find(tenant) is not { } ledger) return;
        var share = _random.Next(4) == 0 ? 0.5 : 0.05;
        long[] chosen = [.. _promises.Present(tenant).Select(receipt => receipt.Sequence).Where(_ => _random.NextDouble() < share)];
        if (chosen.Length == 0) return;
        var fresh = chosen.Count(sequence => !_promises.Erased(tenant).Contains(sequence) && !_promises.IsUnsure(tenant, sequence));
        _promises.MayErase(tenant, chosen);
        Assert.InRange(_engine.Erase(ledger, chosen), fresh, chosen.Length);
        _promises.Erase(tenant, chosen);
    }

    private AppendTicket NewTicket()
    {
        var tenant = Tenants[_random.Next(Tenants.Length)];
        var events = Enumerable.Range(0, 1 + _random.Next(12)).Select(_ => NewEvent(tenant)).ToList();
        var attachment = _random.Next(8) == 0 ? new[] { (0, Encoding.UTF8.GetBytes(new string('x', _random.Next(3_000)) + _sent.Count)) } : [];
        return _engine!.Ticket(tenant, PendingBatches.Of(tenant, _time.GetUtcNow(), events, attachment));
    }

    private AuditEvent NewEvent(string tenant)
    {
        var earlier = _sent.Where(sent => sent.Tenant == tenant).ToList();
        if (earlier.Count > 0 && _random.Next(10) == 0) return earlier[_random.Next(earlier.Count)].Event;
        var auditEvent = _events.Next() with { Id = $"id-{_sent.Count}" };
        _sent.Add((tenant, auditEvent));
        return auditEvent;
    }

    private IReadOnlyList<(string Tenant, IReadOnlyList<string> Ids)> FreshIds(List<AppendTicket> tickets)
    {
        var seen = new HashSet<(string, string)>(Tenants.SelectMany(tenant => _promises.Present(tenant).Select(receipt => (tenant, receipt.Id))));
        return
        [
            .. tickets.SelectMany(ticket => ticket.Batch.Entries.Select(entry => (Tenant: ticket.Ledger.Name, Id: Encoding.UTF8.GetString(entry.Id(ticket.Batch.Buffer.Span)))))
                .Where(seen.Add).GroupBy(entry => entry.Tenant).Select(group => (group.Key, (IReadOnlyList<string>)[.. group.Select(entry => entry.Id)])),
        ];
    }

    private void CheckReceipts(AppendTicket ticket, IReadOnlyList<Receipt> receipts)
    {
        Assert.Equal(ticket.Batch.Entries.Count, receipts.Count);
        var kept = _promises.Present(ticket.Ledger.Name).ToDictionary(receipt => receipt.Id);
        foreach (var receipt in receipts.Where(receipt => receipt.Duplicate && kept.ContainsKey(receipt.Id)))
        {
            Assert.Equal(kept[receipt.Id] with { Duplicate = true }, receipt);
        }
        foreach (var receipt in receipts.Where(receipt => kept.ContainsKey(receipt.Id))) Assert.True(receipt.Duplicate, $"{receipt.Id} was stored twice");
    }

    private async Task CrashAsync()
    {
        Disk.Crash();
        while (true)
        {
            try
            {
                await RestartAsync();
                return;
            }
            catch (SimulatedCrashException)
            {
                Disk.Crash();
            }
            catch (IOException exception) when (exception is not CorruptLedgerException)
            {
                (Disk.IsFull, Disk.SyncFailures) = (false, 0);
            }
        }
    }

    private async Task RestartAsync()
    {
        if (_random.Next(5) == 0 && Acknowledged > 0) Disk.CrashAt = Disk.Operations + 1 + _random.Next(6);
        _engine?.Dispose();
        _engine = null;
        _engine = new(Disk, _options, _time, ownSyncThread: false);
        Disk.CrashAt = null;
        Assert.Empty(_engine.Recovered.Damages);
        Adopt();
        foreach (var tenant in Tenants) CheckBeginning(tenant);
        _promises.SettleErasures(IsErased);
        await CheckAsync();
    }

    /// <summary>What was not acknowledged may be there, but only whole.</summary>
    private void Adopt()
    {
        var extra = new Dictionary<string, List<string>>();
        var adopted = new List<(string Tenant, Receipt Receipt)>();
        foreach (var tenant in Tenants)
        {
            var size = _engine!.Ledgers.Find(tenant)?.Size ?? 0;
            Assert.True(size >= _promises.Of(tenant).Count, $"{tenant} has {size} events and promised {_promises.Of(tenant).Count}");
            for (long sequence = _promises.Of(tenant).Count; sequence < size; sequence++)
            {
                var entry = Entry(tenant, sequence);
                var id = EventJson.Read(entry).Id!;
                if (!extra.TryGetValue(tenant, out var ids)) extra.Add(tenant, ids = []);
                ids.Add(id);
                adopted.Add((tenant, new(id, sequence, MerkleHash.OfLeaf(entry), false)));
            }
        }
        if (extra.Count > 0) Assert.True(_promises.IsOpenGroup(extra), "The start found events that were neither acknowledged nor one unanswered group.");
        foreach (var (tenant, receipt) in adopted) _promises.Acknowledge(tenant, [receipt]);
        _promises.Settle();
    }

    private byte[] Entry(string tenant, long sequence)
    {
        using var snapshot = _engine!.Ledgers.Find(tenant)!.Snapshot();
        var output = new ByteBuffer();
        Assert.True(snapshot.TryAppendEntry(sequence, output), $"{tenant} does not hold {sequence}");
        return output.Written.ToArray();
    }

    private async Task CheckAsync()
    {
        var reader = new EngineReader(_engine!.Ledgers, _engine.Files.Cache, _engine.FindId, _time);
        foreach (var (tenant, receipts) in _promises.Kept)
        {
            var scope = AccessScope.WholeTenant(tenant);
            if (_engine.Ledgers.Find(tenant) is { } ledger) CheckLeaves(ledger, receipts);
            var sequence = _promises.FirstOf(tenant);
            var erased = _promises.Erased(tenant);
            var missing = 0;
            await foreach (var batch in reader.ReadAsync(scope, EventFilter.All, EventOrder.Sequence, descending: false, CancellationToken.None))
            {
                foreach (var entry in batch)
                {
                    for (; sequence < entry.Sequence; sequence++, missing++) Assert.True(erased.Contains(sequence) || _promises.IsUnsure(tenant, sequence), $"{tenant} lacks {sequence}");
                    Assert.Equal(sequence, entry.Sequence);
                    Assert.DoesNotContain(sequence, erased);
                    Assert.Equal(receipts[(int)sequence].LeafHash, MerkleHash.OfLeaf(entry.Bytes.Span));
                    sequence++;
                }
            }
            for (; sequence < receipts.Count; sequence++, missing++) Assert.True(erased.Contains(sequence) || _promises.IsUnsure(tenant, sequence), $"{tenant} lacks {sequence}");
            Assert.Equal(receipts.Count, sequence);
            var present = _promises.Present(tenant).ToList();
            if (present.Count == 0) continue;
            var one = present[_random.Next(present.Count)];
            var found = await reader.FindAsync(scope, one.Id, CancellationToken.None);
            if (found.IsOk) Assert.Equal(one.Sequence, found.Value.Sequence);
            else Assert.True(found.Problem.Kind == Core.Problems.ProblemKind.Gone && IsErased(tenant, one.Sequence), $"{one.Id} of {tenant}: {found.Problem.Detail}");
            await CheckCountsAsync(reader, scope, present.Count - missing);
        }
    }

    private bool IsErased(string tenant, long sequence)
    {
        using var snapshot = _engine!.Ledgers.Find(tenant)!.Snapshot();
        return snapshot.Erased.Contains(sequence);
    }

    /// <summary>Whatever was interrupted: what was marked is out of every segment, and no file lies about that had it.</summary>
    private void CheckNothingIsPending()
    {
        foreach (var ledger in _engine!.Ledgers.All)
        {
            using var snapshot = ledger.Snapshot();
            var present = _promises.Erased(ledger.Name).Count(sequence => sequence >= snapshot.FirstSequence);
            Assert.Equal(new LedgerErasures(present, 0), _engine.Erasures(ledger));
            Assert.Equal(present, snapshot.Segments.Sum(segment => segment.Info.Holes));
        }
        var listed = _engine.Files.Manifest.Tenants.SelectMany(tenant => tenant.Segments).Select(segment => segment.File).Distinct().Count();
        Assert.Equal(listed, Disk.List("segments").Count);
        Assert.Empty(Disk.List("log"));
    }

    private void CheckBeginning(string tenant)
    {
        if (_engine!.Ledgers.Find(tenant) is not { } ledger) return;
        using var snapshot = ledger.Snapshot();
        _promises.BeginsWith(tenant, snapshot.FirstSequence);
    }

    /// <summary>The leaf of every event is known, also of those that were dropped or erased: proofs need them.</summary>
    private void CheckLeaves(Ledger ledger, List<Receipt> receipts)
    {
        using var snapshot = ledger.Snapshot();
        _promises.BeginsWith(ledger.Name, snapshot.FirstSequence);
        var leaves = new MerkleHash[receipts.Count];
        snapshot.ReadLeaves(0, leaves);
        Assert.Equal(receipts.Select(receipt => receipt.LeafHash), leaves);
    }

    /// <summary>Indexes agree with the entries: every value's count by the index is its count by looking.</summary>
    private static async Task CheckCountsAsync(EngineReader reader, AccessScope scope, int total)
    {
        var facets = (await reader.FacetsAsync(scope, EventFilter.All, [EventField.Action], 100, CancellationToken.None)).Value.Fields[0];
        Assert.Equal(total, facets.Values.Sum(value => value.Count));
        foreach (var value in facets.Values)
        {
            var filter = new EventFilter { Conditions = [FieldCondition.Is(EventField.Action, value.Value)] };
            Assert.Equal(value.Count, (await reader.CountAsync(scope, filter, CancellationToken.None)).Value);
        }
    }
}
