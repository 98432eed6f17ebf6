using Domesday.Storage.Embedded.Disk;

namespace Domesday.Simulation.Tests;

/// <summary>The machine stopped: everything after this instruction did not happen.</summary>
public sealed class SimulatedCrashException() : Exception("The machine crashed.");

/// <summary>
/// A disk in memory that forgets what was not synced, tears what was being written, fails when told, and stops the machine at a chosen operation.
/// </summary>
/// <remarks>
/// What a crash may do: each write since a file's last sync is kept, lost, or kept up to some byte, each on its own; creations, removals and replacements
/// since a folder's last sync are kept up to some point of their order. After a failed sync, what it should have made durable is lost or not, and later syncs
/// say nothing about it: as Linux does.
/// </remarks>
internal sealed class SimulatedDisk(Random random) : IDisk
{
    private readonly Dictionary<string, SimulatedFile> _files = [];
    private readonly List<(string Folder, Action<Dictionary<string, SimulatedFile>> Change)> _unsynced = [];
    private Dictionary<string, SimulatedFile> _durable = [];

    /// <summary>Writes, syncs and changes of names so far.</summary>
    public int Operations { get; private set; }

    /// <summary>The operation at which the machine stops; none when null.</summary>
    public int? CrashAt { get; set; }

    public bool IsFull { get; set; }

    /// <summary>How likely a sync fails.</summary>
    public double SyncFailures { get; set; }

    public Random Random => random;

    public long FreeBytes => IsFull ? 0 : long.MaxValue;

    public IDiskFile Create(string name)
    {
        Step();
        if (IsFull) throw new DiskFullException("There is no room on the simulated disk.");
        if (_files.ContainsKey(name)) throw new IOException($"{name} exists.");
        var file = new SimulatedFile(this);
        Change(name, files => files[name] = file);
        return file.Open();
    }

    public IDiskFile Open(string name, bool forWriting) => _files.TryGetValue(name, out var file) ? file.Open() : throw new FileNotFoundException($"{name} is not there.");

    public bool Exists(string name) => _files.ContainsKey(name);

    public void Delete(string name)
    {
        if (!_files.ContainsKey(name)) return;
        Step();
        Change(name, files => files.Remove(name));
    }

    public void Replace(string name, string target)
    {
        Step();
        var file = _files[name];
        Change(target, files =>
        {
            files.Remove(name);
            files[target] = file;
        });
    }

    public IReadOnlyList<string> List(string folder) => [.. _files.Keys.Where(name => FolderOf(name) == folder).Order(StringComparer.Ordinal)];

    public void SyncFolder(string folder)
    {
        Step();
        if (random.NextDouble() < SyncFailures) throw new IOException("The simulated disk failed to sync a folder.");
        foreach (var (_, change) in _unsynced.Where(change => change.Folder == folder).ToList()) change(_durable);
        _unsynced.RemoveAll(change => change.Folder == folder);
    }

    /// <summary>Stops the machine and starts it again: what is left is what may have been left.</summary>
    public void Crash()
    {
        var kept = random.Next(_unsynced.Count + 1);
        foreach (var (_, change) in _unsynced.Take(kept)) change(_durable);
        _unsynced.Clear();
        _files.Clear();
        foreach (var file in _durable.Values.Distinct()) file.Crash(random);
        foreach (var (name, file) in _durable) _files.Add(name, file);
        _durable = new(_files);
        CrashAt = null;
    }

    /// <summary>Turns over one bit somewhere in a file.</summary>
    public void Flip(string name, long position, int bit) => _files[name].Flip(position, bit);

    public long LengthOf(string name) => _files[name].Length;

    public IReadOnlyList<string> Names => [.. _files.Keys.Order(StringComparer.Ordinal)];

    public void Dispose()
    {
    }

    internal void Step()
    {
        if (++Operations == CrashAt) throw new SimulatedCrashException();
        if (CrashAt is { } at && Operations > at) throw new SimulatedCrashException();
    }

    private void Change(string name, Action<Dictionary<string, SimulatedFile>> change)
    {
        change(_files);
        _unsynced.Add((FolderOf(name), change));
    }

    private static string FolderOf(string name) => name.Contains('/', StringComparison.Ordinal) ? name[..name.LastIndexOf('/')] : "";
}
