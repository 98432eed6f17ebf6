using Domesday.Core.Storage;
using Domesday.Storage.Embedded.Caching;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Disk;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Ids;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Log;
using Domesday.Storage.Embedded.Manifests;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Maintenance;

/// <summary>The files of a store, and the manifest that lists them: the one place that changes what belongs to it.</summary>
internal sealed class StoreFiles
{
    private static readonly TimeSpan ReadersGone = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Lock _idsLock = new();
    private readonly TimeProvider _time;
    private readonly Dictionary<long, int> _segmentsIn = [];
    private readonly Queue<(DateTimeOffset When, long File)> _oldRuns = new();
    private readonly HashSet<string> _heldBack = [];
    private int _holds;
    private Manifest _manifest;

    public StoreFiles(IDisk disk, EngineOptions options, TimeProvider time)
    {
        (Disk, _time) = (disk, time);
        Open = new(disk, options.OpenFilesMax);
        Cache = new(options.CacheBytesMax);
        Ids = new(Open, Cache, options.IdFilterBytesMax);
        _manifest = Manifest.Read(disk) ?? NewManifest(disk);
        Hash = new(_manifest.HashKey0, _manifest.HashKey1);
        Numbers = new(Math.Max(_manifest.NextFile, new[] { LogFormat.Folder, SegmentSource.Folder, IdRun.Folder, DroppedLeaves.Folder, ErasureFile.Folder }.Max(folder => FileNumbers.HighestIn(disk, folder)) + 1));
        RemoveLeftOvers();
    }

    public IDisk Disk { get; }

    public OpenFiles Open { get; }

    public BlockCache Cache { get; }

    public IdIndex Ids { get; }

    public SipHash Hash { get; }

    public FileNumbers Numbers { get; }

    public Manifest Manifest => Volatile.Read(ref _manifest);

    /// <summary>Segment files on disk.</summary>
    public int SegmentFiles
    {
        get
        {
            lock (_lock) return _segmentsIn.Count;
        }
    }

    public SegmentReader Reader(SegmentInfo info) => new(info, Open, Cache, Hash);

    /// <summary>Counts the segments that a file holds, so that it is removed with the last of them.</summary>
    public void Keep(SegmentInfo segment)
    {
        lock (_lock) _segmentsIn[segment.File] = _segmentsIn.GetValueOrDefault(segment.File) + 1;
    }

    /// <summary>Makes a changed manifest durable.</summary>
    public void Change(Func<Manifest, Manifest> change)
    {
        lock (_lock)
        {
            var next = Pruned(change(_manifest) with { NextFile = Numbers.Next }).WithFormat();
            next.Write(Disk);
            Volatile.Write(ref _manifest, next);
        }
    }

    /// <summary>Looks ids up in the runs that the manifest lists now; by all who changed them, in any thread.</summary>
    public void UseRuns()
    {
        // The manifest is read inside the lock: who comes last has the newest, and none can put back an older one.
        lock (_idsLock) Ids.Replace(Manifest.IdRuns);
    }

    /// <summary>Removes a segment that no view holds any more; its file goes with the last segment in it.</summary>
    public void Release(SegmentInfo segment)
    {
        lock (_lock)
        {
            if (--_segmentsIn[segment.File] > 0) return;
            _segmentsIn.Remove(segment.File);
        }
        Remove(SegmentSource.NameOf(segment.File));
    }

    /// <summary>Removes files of erased events that are in another one now, or were dropped.</summary>
    public void ReleaseErased(IEnumerable<ErasedRun> runs)
    {
        foreach (var run in runs) Remove(ErasureFile.NameOf(run.File));
    }

    /// <summary>Removes runs that were merged, once nobody can still be looking into them.</summary>
    public void ReleaseRuns(IEnumerable<long> files)
    {
        lock (_lock)
        {
            foreach (var file in files) _oldRuns.Enqueue((_time.GetUtcNow(), file));
        }
    }

    public void RemoveOldRuns()
    {
        while (true)
        {
            long file;
            lock (_lock)
            {
                if (!_oldRuns.TryPeek(out var oldest) || _time.GetUtcNow() - oldest.When < ReadersGone) return;
                file = _oldRuns.Dequeue().File;
            }
            Remove(IdRun.NameOf(file));
        }
    }

    /// <summary>Removes log files below <paramref name="first"/>.</summary>
    public void RemoveLogsBelow(long first)
    {
        foreach (var name in Disk.List(LogFormat.Folder))
        {
            if (FileNumbers.NumberOf(name) < first) Remove(name);
        }
    }

    /// <summary>Keeps every file where it is until <see cref="Unhold"/>, for a copy that takes its time.</summary>
    public void Hold()
    {
        lock (_lock) _holds++;
    }

    /// <summary>Removes what would have been removed meanwhile.</summary>
    public void Unhold()
    {
        string[] names;
        lock (_lock)
        {
            if (--_holds > 0) return;
            names = [.. _heldBack];
            _heldBack.Clear();
        }
        foreach (var name in names) Remove(name);
    }

    private void Remove(string name)
    {
        lock (_lock)
        {
            if (_holds > 0)
            {
                _heldBack.Add(name);
                return;
            }
        }
        Open.Close(name);
        Disk.Delete(name);
    }

    private Manifest Pruned(Manifest manifest) =>
        manifest.LeftBehind.Count == 0 ? manifest : manifest with { LeftBehind = [.. manifest.LeftBehind.Where(left => Disk.Exists(left.Name))] };

    private static Manifest NewManifest(IDisk disk)
    {
        if (new[] { LogFormat.Folder, SegmentSource.Folder }.Any(folder => disk.List(folder).Count > 0))
        {
            throw new CorruptLedgerException("The data folder holds a log or segments, but no manifest: restore it from a backup.");
        }
        var key = SipHash.NewKey();
        var manifest = new Manifest { HashKey0 = key.Key0, HashKey1 = key.Key1, NextFile = 1, LogFrom = 1 };
        manifest.Write(disk);
        return manifest;
    }

    /// <summary>A crash leaves files that no manifest ever listed, and such as it did not come to remove.</summary>
    private void RemoveLeftOvers()
    {
        var segments = _manifest.Tenants.SelectMany(tenant => tenant.Segments).Select(segment => segment.File).ToHashSet();
        foreach (var name in Disk.List(SegmentSource.Folder).Where(name => !segments.Contains(FileNumbers.NumberOf(name)))) Disk.Delete(name);
        var runs = _manifest.IdRuns.Select(run => run.File).ToHashSet();
        foreach (var name in Disk.List(IdRun.Folder).Where(name => !runs.Contains(FileNumbers.NumberOf(name)))) Disk.Delete(name);
        var leaves = _manifest.Tenants.SelectMany(tenant => tenant.Dropped).Select(run => run.File).ToHashSet();
        foreach (var name in Disk.List(DroppedLeaves.Folder).Where(name => !leaves.Contains(FileNumbers.NumberOf(name)))) Disk.Delete(name);
        var erased = _manifest.Tenants.SelectMany(tenant => tenant.Erased).Select(run => run.File).ToHashSet();
        foreach (var name in Disk.List(ErasureFile.Folder).Where(name => !erased.Contains(FileNumbers.NumberOf(name)))) Disk.Delete(name);
        RemoveLogsBelow(_manifest.LogFrom);
    }
}
