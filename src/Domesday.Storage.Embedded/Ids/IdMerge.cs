using Domesday.Storage.Embedded.Disk;

namespace Domesday.Storage.Embedded.Ids;

/// <summary>Decides which runs to merge, and merges them.</summary>
internal static class IdMerge
{
    private const int RunsMax = 8;

    /// <summary>The runs to merge next, and the level of the result; none when all is well.</summary>
    /// <remarks>Level 0 holds runs as they come; every further level one run, up to eight times what is above it.</remarks>
    public static (IReadOnlyList<IdRunInfo> Runs, int Level) Plan(IReadOnlyList<IdRunInfo> runs)
    {
        var fresh = runs.Where(run => run.Level == 0).ToList();
        if (fresh.Count < RunsMax) return ([], 0);
        var chosen = fresh;
        for (var level = 1; ; level++)
        {
            var here = runs.FirstOrDefault(run => run.Level == level);
            if (here is null) return (chosen, level);
            var fits = here.Count + chosen.Sum(run => run.Count) <= SizeMax(fresh, level);
            chosen.Add(here);
            // What outgrows its level goes on to the next one in the same step.
            if (fits) return (chosen, level);
        }
    }

    private static long SizeMax(List<IdRunInfo> fresh, int level) =>
        (long)Math.Min(long.MaxValue / 2, fresh.Where(run => run.Level == 0).Max(run => run.Count) * Math.Pow(RunsMax, level + 1));

    /// <param name="isKept">False for entries of events that were dropped.</param>
    /// <returns>Null when nothing was kept.</returns>
    public static IdRunInfo? Merge(IDisk disk, long file, int level, IReadOnlyList<IdRun> runs, Func<IdEntry, bool> isKept) =>
        IdRunWriter.Write(disk, file, level, checked((int)runs.Sum(run => run.Info.Count)), Merged(runs).Where(isKept));

    private static IEnumerable<IdEntry> Merged(IReadOnlyList<IdRun> runs)
    {
        var queue = new PriorityQueue<IEnumerator<IdEntry>, (ulong Hash, int Tenant, long Sequence)>();
        foreach (var run in runs)
        {
            var entries = run.All().GetEnumerator();
            if (entries.MoveNext()) queue.Enqueue(entries, KeyOf(entries.Current));
        }
        while (queue.TryDequeue(out var entries, out _))
        {
            yield return entries.Current;
            if (entries.MoveNext()) queue.Enqueue(entries, KeyOf(entries.Current));
        }
    }

    private static (ulong Hash, int Tenant, long Sequence) KeyOf(IdEntry entry) => (entry.Hash, entry.Tenant, entry.Sequence);
}
