using System.Globalization;
using Domesday.Storage.Embedded.Disk;

namespace Domesday.Storage.Embedded.Log;

/// <summary>Reads the log after a start, and tells a torn tail, which was never acknowledged, from damage.</summary>
internal sealed class LogRecovery(IDisk disk)
{
    private readonly List<LogDamage> _damages = [];
    private long _lastGroup;

    public delegate void PartHandler(LogPart part, ReadOnlySpan<byte> body);

    /// <summary>Hands over every intact batch of the files from <paramref name="firstFile"/> on, in order.</summary>
    public LogRecovered Replay(long firstFile, PartHandler onPart)
    {
        var files = Files().Where(file => file >= firstFile).Order().ToList();
        var used = RemoveUnused(files);
        var torn = 0L;
        var (lastFile, lastLength) = (0L, 0L);
        for (var i = 0; i < used.Count; i++)
        {
            var (file, previous, _) = used[i];
            if (i == 0 ? previous >= firstFile : previous != used[i - 1].File) _damages.Add(new(null, $"The log file before number {file} is missing."));
            var limit = i + 1 < used.Count ? used[i + 1].PreviousLength : (long?)null;
            torn += ReplayFile(file, limit, onPart, out lastLength);
            lastFile = file;
        }
        return new(lastFile, lastLength, _lastGroup, torn, _damages, files.Count == 0 ? 0 : files[^1]);
    }

    /// <summary>Numbers of the log files that are there.</summary>
    public IEnumerable<long> Files() => disk.List(LogFormat.Folder)
        .Select(name => long.TryParse(Path.GetFileNameWithoutExtension(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)
        .Where(number => number >= 0);

    /// <summary>A file whose header was not written holds nothing: a crash came between making it and using it.</summary>
    private List<(long File, long Previous, long PreviousLength)> RemoveUnused(List<long> files)
    {
        var used = new List<(long, long, long)>();
        foreach (var number in files)
        {
            using var file = disk.Open(LogFormat.NameOf(number), forWriting: false);
            var header = new byte[Math.Min(LogFormat.FileHeaderBytes, file.Length)];
            file.Read(0, header);
            if (LogFormat.TryReadFileHeader(header, out _, out var previous, out var previousLength)) used.Add((number, previous, previousLength));
            else if (number == files[^1] && file.Length <= LogFormat.FileHeaderBytes) disk.Delete(LogFormat.NameOf(number));
            else _damages.Add(new(null, $"The header of log file {number} is damaged."));
        }
        return used;
    }

    /// <param name="limit">Up to where the file counts; null when it is the last one.</param>
    /// <returns>Bytes of a torn tail.</returns>
    private long ReplayFile(long number, long? limit, PartHandler onPart, out long length)
    {
        using var file = disk.Open(LogFormat.NameOf(number), forWriting: false);
        var end = limit ?? file.Length;
        if (end > file.Length)
        {
            _damages.Add(new(null, $"Log file {number} is {end - file.Length} bytes shorter than it was."));
            end = file.Length;
        }
        var position = (long)LogFormat.FileHeaderBytes;
        var buffer = Array.Empty<byte>();
        while (position < end)
        {
            var group = ReadGroup(file, position, end, ref buffer);
            if (group > 0 && TryHandOver(buffer.AsSpan(0, group), onPart))
            {
                position += group;
                continue;
            }
            var next = FindGroupBehind(file, position, end);
            if (next < 0 && limit is null)
            {
                length = position;
                return end - position;
            }
            next = next < 0 ? end : next;
            Salvage(file, number, position, next, onPart);
            position = next;
        }
        length = position;
        return 0;
    }

    /// <returns>The group's length with its header; 0 when it is not whole.</returns>
    private static int ReadGroup(IDiskFile file, long position, long end, ref byte[] buffer)
    {
        if (end - position < LogFormat.GroupHeaderBytes) return 0;
        if (buffer.Length < LogFormat.GroupHeaderBytes) buffer = new byte[1024 * 1024];
        file.Read(position, buffer.AsSpan(0, LogFormat.GroupHeaderBytes));
        if (!LogFormat.TryReadGroupHeader(buffer, out _, out var length) || length > end - position - LogFormat.GroupHeaderBytes) return 0;
        var whole = LogFormat.GroupHeaderBytes + length;
        if (buffer.Length < whole) buffer = new byte[whole * 5 / 4];
        file.Read(position, buffer.AsSpan(0, whole));
        return whole;
    }

    private bool TryHandOver(ReadOnlySpan<byte> group, PartHandler onPart)
    {
        LogFormat.TryReadGroupHeader(group, out var number, out _);
        var parts = new List<LogPart>();
        var starts = new List<int>();
        for (var position = LogFormat.GroupHeaderBytes; position < group.Length; position += parts[^1].Length)
        {
            if (!LogFormat.TryReadPart(group[position..], out var part) || !part.IsIntact) return false;
            parts.Add(part);
            starts.Add(position);
        }
        if (_lastGroup != 0 && number != _lastGroup + 1) _damages.Add(new(null, $"Log groups {_lastGroup + 1} to {number - 1} are missing."));
        _lastGroup = number;
        for (var i = 0; i < parts.Count; i++) onPart(parts[i], group.Slice(starts[i] + parts[i].HeaderLength, parts[i].BodyLength));
        return true;
    }

    /// <returns>Where a later group begins, or -1.</returns>
    private static long FindGroupBehind(IDiskFile file, long position, long end)
    {
        var rest = new byte[end - position];
        file.Read(position, rest);
        for (var at = 1; at + LogFormat.GroupHeaderBytes <= rest.Length; at++)
        {
            var next = rest.AsSpan(at).IndexOf((byte)(LogFormat.GroupMagic & 0xFF));
            if (next < 0) return -1;
            at += next;
            if (LogFormat.TryReadGroupHeader(rest.AsSpan(at), out _, out _)) return position + at;
        }
        return -1;
    }

    /// <summary>Hands over what is intact between two groups, and names the tenants of what is not.</summary>
    private void Salvage(IDiskFile file, long number, long from, long to, PartHandler onPart)
    {
        var bytes = new byte[to - from];
        file.Read(from, bytes);
        var named = false;
        for (var at = 0; at + LogFormat.PartHeaderBytes <= bytes.Length;)
        {
            if (!LogFormat.TryReadPart(bytes.AsSpan(at), out var part))
            {
                at++;
                continue;
            }
            if (part.IsIntact)
            {
                onPart(part, bytes.AsSpan(at + part.HeaderLength, part.BodyLength));
            }
            else
            {
                named = true;
                _damages.Add(new(part.Tenant, $"Log file {number} is damaged between bytes {from + at} and {from + at + part.Length}: events {part.FirstSequence} to {part.FirstSequence + part.Count - 1}."));
            }
            at += part.Length;
        }
        if (!named) _damages.Add(new(null, $"Log file {number} is damaged between bytes {from} and {to}."));
        _lastGroup++;
    }
}

/// <summary>What a start found in the log.</summary>
/// <param name="File">Last file that was used; 0 for none.</param>
/// <param name="Length">Up to where it counts.</param>
/// <param name="TornBytes">What a crash left behind the last acknowledged group.</param>
/// <param name="HighestFile">Highest number of any log file, used or not.</param>
internal sealed record LogRecovered(long File, long Length, long Group, long TornBytes, IReadOnlyList<LogDamage> Damages, long HighestFile);

/// <summary>Damage in the log.</summary>
/// <param name="Tenant">Whose events are missing; null when that cannot be told.</param>
internal sealed record LogDamage(string? Tenant, string Description);
