using System.Collections.Immutable;
using Domesday.Storage.Embedded.Caching;
using Domesday.Storage.Embedded.Disk;

namespace Domesday.Storage.Embedded.Ids;

/// <summary>Finds the event with an id, over the whole retention, at a cost that does not grow with the number of segments.</summary>
/// <remarks>
/// Runs on levels: small ones as they come from memory, then one run on each level, eight times as large as the level before: about a dozen runs for a
/// billion ids. Filters in memory, up to a bound, answer for nearly every new id; beyond the bound one page is read for each run. See docs/adr/0009-idempotency-index.md.
/// </remarks>
internal sealed class IdIndex(OpenFiles files, BlockCache cache, long filterBytesMax)
{
    private ImmutableArray<IdRun> _runs = [];

    /// <summary>The runs at this moment; compare by reference to see whether they changed.</summary>
    public ImmutableArray<IdRun> Runs
    {
        get => ImmutableInterlocked.InterlockedCompareExchange(ref _runs, default, default);
        private set => ImmutableInterlocked.InterlockedExchange(ref _runs, value);
    }

    /// <summary>Replaces runs by others; for one thread at a time, see <c>StoreFiles.UseRuns</c>.</summary>
    public void Replace(IReadOnlyList<IdRunInfo> infos)
    {
        var known = Runs.ToDictionary(run => run.Info.File);
        var filters = Runs.Where(run => infos.Contains(run.Info)).Sum(run => (long)run.FilterBytes);
        var runs = ImmutableArray.CreateBuilder<IdRun>();
        foreach (var info in infos)
        {
            if (known.TryGetValue(info.File, out var run))
            {
                runs.Add(run);
                continue;
            }
            run = new(info, files, cache, withFilter: filters + info.Count * 5 / 4 <= filterBytesMax);
            filters += run.FilterBytes;
            runs.Add(run);
        }
        Runs = runs.ToImmutable();
    }
}
