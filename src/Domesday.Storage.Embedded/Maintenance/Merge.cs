using Domesday.Core.Storage;
using Domesday.Storage.Embedded.Ids;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Maintenance;

/// <summary>Makes few large files out of many small ones, while nobody waits for it.</summary>
internal sealed class Merge(StoreFiles files, EngineOptions options)
{
    private const int BatchRows = 100_000;
    private const int BatchJobs = 500;

    /// <summary>Merges segments of a ledger that has too many of a size; of several at once, when they are small.</summary>
    /// <returns>False when there was nothing to do.</returns>
    public bool TryMergeSegments(LedgerMap ledgers, CancellationToken cancellation)
    {
        var jobs = new List<Job>();
        try
        {
            foreach (var ledger in ledgers.All.Where(ledger => ledger.Damage is null))
            {
                var snapshot = ledger.Snapshot();
                var chosen = MergePlan.Choose(snapshot.Segments, options.MergeFanIn, options.SegmentRowsMax);
                if (chosen.Count == 0 || jobs.Count > 0 && jobs.Sum(job => job.Rows) + chosen.Sum(segment => segment.Rows) > BatchRows)
                {
                    snapshot.Dispose();
                    continue;
                }
                jobs.Add(new(ledger, snapshot, chosen));
                if (jobs.Count == BatchJobs) break;
            }
            if (jobs.Count == 0) return false;
            Run(jobs, cancellation);
            return true;
        }
        finally
        {
            foreach (var job in jobs) job.Snapshot.Dispose();
        }
    }

    /// <summary>Writes segments anew that hold bytes of erased events, and with them those that share their files: only then can the files go.</summary>
    /// <returns>False when there was nothing to do.</returns>
    public bool TryErase(LedgerMap ledgers, CancellationToken cancellation)
    {
        var wanted = FilesToLeave(ledgers);
        if (wanted.Count == 0) return false;
        var jobs = new List<Job>();
        try
        {
            foreach (var file in wanted)
            {
                var others = jobs.Select(job => job.Ledger).ToHashSet();
                var more = Sharing(file, ledgers);
                // A ledger is in a step with one of its segments; the others come in the next steps.
                if (more.Count > 0 && !more.Exists(job => others.Contains(job.Ledger)) && (jobs.Count == 0 || jobs.Concat(more).Sum(job => job.Rows) <= BatchRows)) jobs.AddRange(more);
                else foreach (var job in more) job.Snapshot.Dispose();
            }
            if (jobs.Count == 0) return false;
            Run(jobs, cancellation);
            return true;
        }
        finally
        {
            foreach (var job in jobs) job.Snapshot.Dispose();
        }
    }

    /// <summary>Segment files with bytes of erased events, of ledgers that can be read.</summary>
    private List<long> FilesToLeave(LedgerMap ledgers)
    {
        var left = files.Manifest.LeftBehind.Select(left => left.Name).ToHashSet();
        var wanted = new List<long>();
        foreach (var ledger in ledgers.All.Where(ledger => ledger.Damage is null))
        {
            using var snapshot = ledger.Snapshot();
            if (left.Count == 0 && snapshot.Erased.All.Count == 0) continue;
            wanted.AddRange(snapshot.Segments.Where(segment => PendingErasures.In(segment.Info, snapshot.Erased) > 0 || left.Contains(SegmentSource.NameOf(segment.Info.File))).Select(segment => segment.Info.File));
        }
        return [.. wanted.Distinct()];
    }

    private static List<Job> Sharing(long file, LedgerMap ledgers)
    {
        var jobs = new List<Job>();
        foreach (var ledger in ledgers.All.Where(ledger => ledger.Damage is null && ledger.View.Segments.Any(segment => segment.Info.File == file)))
        {
            var snapshot = ledger.Snapshot();
            jobs.Add(new(ledger, snapshot, [snapshot.Segments.First(segment => segment.Info.File == file)]));
        }
        return jobs;
    }

    /// <summary>Merges runs of ids, if there are too many.</summary>
    /// <returns>False when there was nothing to do.</returns>
    public bool TryMergeRuns()
    {
        // The runs first: a manifest that is read later lists the segments of all their events, and a flush in between adds to both.
        var runs = files.Ids.Runs;
        var manifest = files.Manifest;
        var (chosen, level) = IdMerge.Plan([.. runs.Select(run => run.Info)]);
        if (chosen.Count == 0) return false;
        var numbers = chosen.Select(run => run.File).ToHashSet();
        var kept = manifest.Tenants.ToDictionary(tenant => tenant.Number, tenant => tenant.Segments.Count > 0 ? tenant.Segments[0].FirstSequence : tenant.Durable);
        var merged = IdMerge.Merge(files.Disk, files.Numbers.Take(), level, [.. runs.Where(run => numbers.Contains(run.Info.File))],
            entry => kept.TryGetValue(entry.Tenant, out var first) && entry.Sequence >= first);
        files.Disk.SyncFolder(IdRun.Folder);
        files.Change(changed => changed with
        {
            IdRuns = [.. changed.IdRuns.Where(run => !numbers.Contains(run.File)), .. merged is null ? Array.Empty<IdRunInfo>() : [merged]],
        });
        files.UseRuns();
        files.ReleaseRuns(numbers);
        return true;
    }

    private void Run(List<Job> jobs, CancellationToken cancellation)
    {
        var number = files.Numbers.Take();
        using (var output = new SegmentOutput(files.Disk.Create(SegmentSource.NameOf(number))))
        {
            foreach (var job in jobs) Guard(job, () => job.Merged = new SegmentMerge(job.Chosen, files.Hash, job.Snapshot.Erased).Write(output, number, cancellation));
            output.Finish();
        }
        files.Disk.SyncFolder(SegmentSource.Folder);
        foreach (var job in jobs.Where(job => job.Merged is not null)) Guard(job, () => SegmentCheck.AgainstSegments(files.Reader(job.Merged!), job.Chosen));
        jobs.RemoveAll(job =>
        {
            if (job.Merged is not null) return false;
            job.Snapshot.Dispose();
            return true;
        });
        if (jobs.Count == 0) files.Disk.Delete(SegmentSource.NameOf(number));
        else Replace(jobs);
    }

    /// <summary>Damage in one ledger's segments stops that ledger, and no other.</summary>
    private static void Guard(Job job, Action step)
    {
        try
        {
            step();
        }
        catch (CorruptLedgerException exception)
        {
            job.Ledger.Damage = exception.Message;
            job.Merged = null;
        }
    }

    private void Replace(List<Job> jobs)
    {
        var byName = jobs.ToDictionary(job => job.Ledger.Name);
        foreach (var job in jobs) files.Keep(job.Merged!);
        files.Change(manifest => manifest with
        {
            Tenants = [.. manifest.Tenants.Select(tenant => byName.TryGetValue(tenant.Name, out var job) ? tenant with { Segments = job.Replaced(tenant.Segments) } : tenant)],
            LeftBehind = [.. manifest.LeftBehind, .. jobs.SelectMany(job => PendingErasures.LeftBy(job.Ledger, job.Chosen))],
        });
        foreach (var job in jobs)
        {
            var reader = files.Reader(job.Merged!);
            job.Ledger.Change(view => new(job.Replaced(view.Segments, reader), view.Tables));
        }
    }

    private sealed record Job(Ledger Ledger, LedgerSnapshot Snapshot, IReadOnlyList<SegmentReader> Chosen)
    {
        public SegmentInfo? Merged { get; set; }

        public int Rows => Chosen.Sum(segment => segment.Rows);

        public IReadOnlyList<SegmentInfo> Replaced(IReadOnlyList<SegmentInfo> segments) =>
            [.. segments.Where(segment => Chosen.All(old => old.Info != segment) || segment == Chosen[0].Info).Select(segment => segment == Chosen[0].Info ? Merged! : segment)];

        public IReadOnlyList<SegmentReader> Replaced(IReadOnlyList<SegmentReader> segments, SegmentReader merged) =>
            [.. segments.Where(segment => !Chosen.Contains(segment) || segment == Chosen[0]).Select(segment => segment == Chosen[0] ? merged : segment)];
    }
}
