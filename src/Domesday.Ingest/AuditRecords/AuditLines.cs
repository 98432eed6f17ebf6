using System.Text;
using Domesday.Core.Append;
using Domesday.Core.Problems;

namespace Domesday.Ingest.AuditRecords;

/// <summary>The lines of an audit log, put together by the events that they belong to.</summary>
/// <param name="Events">The records of each, a line each, in the order of their first ones.</param>
/// <param name="Refused">Lines that are no records.</param>
internal sealed record AuditLines(IReadOnlyList<ReadOnlyMemory<byte>> Events, IReadOnlyList<RefusedInput> Refused)
{
    private static readonly ProblemFault NoRecord = new(null, "", "is no record of Linux audit: type=… msg=audit(…)");

    /// <param name="eventsMax">Most events.</param>
    /// <returns>Null when there are more.</returns>
    public static AuditLines? Split(ReadOnlyMemory<byte> body, string? context, int eventsMax)
    {
        var lines = new List<List<ReadOnlyMemory<byte>>>();
        var known = new Dictionary<string, List<ReadOnlyMemory<byte>>>(StringComparer.Ordinal);
        var refused = new List<RefusedInput>();
        while (!body.IsEmpty)
        {
            var end = body.Span.IndexOf((byte)'\n');
            var line = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            if (line.Span.Trim(" \r\0"u8).IsEmpty) continue;
            if (KeyOf(line.Span) is not { } key)
            {
                refused.Add(new(line, [NoRecord]) { Context = context });
                continue;
            }
            if (!known.TryGetValue(key, out var records))
            {
                if (lines.Count + refused.Count == eventsMax) return null;
                known[key] = records = [];
                lines.Add(records);
            }
            records.Add(line);
        }
        return new([.. lines.Select(Joined)], refused);
    }

    /// <summary>Node and stamp, without the type in between; null for what is no record.</summary>
    public static string? KeyOf(ReadOnlySpan<byte> line)
    {
        var key = AuditRecord.KeyOf(line);
        if (key.IsEmpty) return null;
        var text = Encoding.Latin1.GetString(key);
        var type = text.IndexOf("type=", StringComparison.Ordinal);
        return type < 0 ? null : string.Concat(text.AsSpan(0, type), text.AsSpan(text.IndexOf("audit(", StringComparison.Ordinal)));
    }

    private static ReadOnlyMemory<byte> Joined(List<ReadOnlyMemory<byte>> records)
    {
        if (records.Count == 1) return records[0];
        var joined = new byte[records.Sum(record => record.Length + 1) - 1];
        var at = 0;
        foreach (var record in records)
        {
            record.Span.CopyTo(joined.AsSpan(at));
            at += record.Length;
            if (at < joined.Length) joined[at++] = (byte)'\n';
        }
        return joined;
    }
}
