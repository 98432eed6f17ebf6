using System.Globalization;

namespace Domesday.Client.Spool;

/// <summary>The files of a spool: numbered segments, the place up to which all is sent, and what the service refused for good.</summary>
internal sealed class SpoolFolder : IDisposable
{
    private const string Ending = ".spool";

    private readonly FileStream _lock;

    /// <exception cref="IOException">Another process has the folder.</exception>
    public SpoolFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Path);
        else Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            _lock = new(System.IO.Path.Combine(Path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new IOException($"The spool {Path} is in use by another process.", exception);
        }
    }

    public string Path { get; }

    /// <summary>Numbers of the segments, in order.</summary>
    public IReadOnlyList<long> Segments() =>
    [
        .. Directory.EnumerateFiles(Path, "*" + Ending).Select(file => System.IO.Path.GetFileNameWithoutExtension(file))
            .Select(name => long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).Where(number => number > 0).Order(),
    ];

    public string FileOf(long segment) => System.IO.Path.Combine(Path, segment.ToString("D16", CultureInfo.InvariantCulture) + Ending);

    /// <returns>The beginning of everything when nothing was saved, or it cannot be read: what is sent twice is stored once.</returns>
    public SpoolPosition LoadCursor()
    {
        try
        {
            var parts = File.ReadAllText(CursorFile).Split(' ');
            if (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var segment)
                && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)) return new(segment, offset);
        }
        catch (FileNotFoundException)
        {
            // The first start.
        }
        return default;
    }

    public void SaveCursor(SpoolPosition cursor)
    {
        var temporary = CursorFile + ".new";
        File.WriteAllText(temporary, string.Create(CultureInfo.InvariantCulture, $"{cursor.Segment} {cursor.Offset}"));
        File.Move(temporary, CursorFile, overwrite: true);
    }

    /// <summary>Keeps an event that the service will never take, for people to look at.</summary>
    public void KeepRefused(ReadOnlyMemory<byte> line)
    {
        using var file = new FileStream(System.IO.Path.Combine(Path, "refused.ndjson"), FileMode.Append, FileAccess.Write);
        file.Write(line.Span);
        file.WriteByte((byte)'\n');
    }

    public void Dispose() => _lock.Dispose();

    private string CursorFile => System.IO.Path.Combine(Path, "cursor");
}

/// <summary>A place in a spool.</summary>
internal readonly record struct SpoolPosition(long Segment, long Offset) : IComparable<SpoolPosition>
{
    public int CompareTo(SpoolPosition other) => Segment != other.Segment ? Segment.CompareTo(other.Segment) : Offset.CompareTo(other.Offset);

    public static bool operator <(SpoolPosition left, SpoolPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(SpoolPosition left, SpoolPosition right) => left.CompareTo(right) > 0;
}
