namespace Domesday.Cli.Commands.Follow;

/// <summary>A log and what rotation made of its earlier parts, beside it: <c>audit.log.1</c>, <c>audit.log.2.gz</c>, <c>audit.log-20261121</c>, <c>audit-2026-11-21T20-40-00.000.log</c>.</summary>
internal sealed class RotatedLogs(string path)
{
    private const string Compressed = ".gz";

    private readonly List<FileMark> _done = [];

    /// <summary>The log's first bytes; none while it is not there.</summary>
    public byte[] Head() => LogFile.HeadOf(path);

    /// <summary>Notes that a part was read to its end.</summary>
    public void Finish(FileMark mark)
    {
        if (!mark.IsEmpty) _done.Add(mark);
    }

    /// <summary>The part that was marked, under whatever name.</summary>
    /// <param name="isElsewhere">Not the log itself.</param>
    public string? Find(FileMark mark, bool isElsewhere) =>
        (isElsewhere ? Parts() : Parts().Prepend(path)).FirstOrDefault(part => mark.Fits(LogFile.HeadOf(part)));

    /// <summary>What is to be read next: the oldest part that was written since, at last the log itself.</summary>
    /// <returns>Null while there is none.</returns>
    public string? Next(DateTime since) =>
        Parts().Where(part => File.GetLastWriteTimeUtc(part) >= since).OrderBy(File.GetLastWriteTimeUtc).ThenByDescending(part => part, StringComparer.Ordinal).Append(path).FirstOrDefault(IsNew);

    private bool IsNew(string part)
    {
        var head = LogFile.HeadOf(part);
        return head.Length > 0 && !_done.Exists(mark => mark.Fits(head));
    }

    private IEnumerable<string> Parts()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Where(file => IsPart(Path.GetFileName(file))) : [];
    }

    /// <summary>What stands in the name besides the log's own is a number or a time.</summary>
    private bool IsPart(string name)
    {
        var (stem, ending) = (Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
        if (name == Path.GetFileName(path) || !name.StartsWith(stem, StringComparison.Ordinal)) return false;
        var rest = name[stem.Length..];
        if (rest.EndsWith(Compressed, StringComparison.Ordinal)) rest = rest[..^Compressed.Length];
        if (ending.Length > 0 && rest.StartsWith(ending, StringComparison.Ordinal)) rest = rest[ending.Length..];
        else if (ending.Length > 0 && rest.EndsWith(ending, StringComparison.Ordinal)) rest = rest[..^ending.Length];
        return rest.Length > 1 && rest[0] is '.' or '-' && rest.All(unit => char.IsAsciiDigit(unit) || unit is '.' or '-' or '_' or ':' or 'T' or 'Z');
    }
}
