using System.Globalization;
using Domesday.Storage.Embedded.Disk;

namespace Domesday.Storage.Embedded.Maintenance;

/// <summary>Hands out file numbers, none of them twice.</summary>
internal sealed class FileNumbers(long next)
{
    private long _next = next;

    /// <summary>Higher than any number that was handed out.</summary>
    public long Next => Volatile.Read(ref _next);

    public long Take() => Interlocked.Increment(ref _next) - 1;

    /// <summary>The highest number of any file in a folder; 0 for none.</summary>
    public static long HighestIn(IDisk disk, string folder) => disk.List(folder).Select(NumberOf).DefaultIfEmpty(0).Max();

    public static long NumberOf(string name) => long.TryParse(Path.GetFileNameWithoutExtension(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
