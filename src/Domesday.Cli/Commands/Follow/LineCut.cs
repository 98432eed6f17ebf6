using System.Text;

namespace Domesday.Cli.Commands.Follow;

/// <summary>Where to cut what was read of a log, so that nothing that belongs together is sent in two requests.</summary>
internal static class LineCut
{
    public const int LinesMax = 1_000;
    public const int BytesMax = 4 * 1024 * 1024;

    /// <summary>Longest line; of a longer one so much is sent, for the quarantine.</summary>
    public const int LineBytesMax = 8 * 1024 * 1024;

    /// <summary>An event of which nothing came for so many lines has come to its end.</summary>
    private const int LinesBetween = 200;

    /// <summary>The last records of events of several, auditd leaves out the first kind; and the beginnings of those that stand alone.</summary>
    private static readonly byte[][] Ends =
    [
        .. ((string[])["EOE ", "PROCTITLE ", "USER_", "CRED_", "SERVICE_", "ADD_", "DEL_", "GRP_", "ACCT_", "DAEMON_", "SYSTEM_", "LOGIN "]).Select(Encoding.ASCII.GetBytes),
    ];

    /// <summary>Length of the whole lines at the beginning, as many as one request takes.</summary>
    public static int Lines(ReadOnlySpan<byte> bytes)
    {
        var (length, lines) = (0, 0);
        while (lines < LinesMax && bytes[length..].IndexOf((byte)'\n') is >= 0 and var end && (length == 0 ? end <= LineBytesMax : length + end < BytesMax))
        {
            length += end + 1;
            lines++;
        }
        return length;
    }

    /// <summary>The same for auditd's log, where an event has several records, and those of others may stand between them.</summary>
    /// <param name="isQuiet">Nothing was added for a while.</param>
    /// <returns>0 while the last event may have more records, and the request room for them.</returns>
    public static int Events(ReadOnlySpan<byte> bytes, bool isQuiet)
    {
        var length = Lines(bytes);
        if (length == 0) return 0;
        var ends = new List<(int End, string Stamp)>();
        var events = new Dictionary<string, (int Last, bool IsWhole)>(StringComparer.Ordinal);
        for (var start = 0; start < length;)
        {
            var end = start + bytes[start..].IndexOf((byte)'\n') + 1;
            var line = bytes[start..end];
            var stamp = StampOf(line);
            events[stamp] = (ends.Count, IsEnd(line) || events.GetValueOrDefault(stamp).IsWhole);
            ends.Add((end, stamp));
            start = end;
        }
        var (cut, open) = (0, 0);
        for (var i = 0; i < ends.Count; i++)
        {
            var (last, isWhole) = events[ends[i].Stamp];
            open = Math.Max(open, isWhole || isQuiet || last < ends.Count - LinesBetween ? last : int.MaxValue);
            if (open <= i) cut = ends[i].End;
        }
        var isFull = ends.Count == LinesMax || bytes.Length > BytesMax;
        return cut > 0 || !isFull ? cut : length;
    }

    /// <summary>Whether nothing more of an event is to come: it has its last record, or is of a sort that has only one.</summary>
    private static bool IsEnd(ReadOnlySpan<byte> line)
    {
        var at = line.IndexOf("type="u8);
        if (at < 0) return true;
        var type = line[(at + 5)..];
        foreach (var end in Ends)
        {
            if (type.StartsWith(end.AsSpan())) return true;
        }
        return false;
    }

    private static string StampOf(ReadOnlySpan<byte> line)
    {
        var start = line.IndexOf("audit("u8);
        var length = start < 0 ? -1 : line[start..].IndexOf((byte)')');
        return length is < 0 or > 64 ? "" : Encoding.Latin1.GetString(line.Slice(start, length));
    }
}
