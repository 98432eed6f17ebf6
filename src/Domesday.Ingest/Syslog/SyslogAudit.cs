using System.Text;
using Domesday.Ingest.AuditRecords;

namespace Domesday.Ingest.Syslog;

/// <summary>Records of Linux audit that come as syslog messages, a record in each: by audisp's plugin for syslog, a collector that reads the log, or the kernel itself where no auditd runs.</summary>
internal static class SyslogAudit
{
    private static readonly string[] Tags = ["audispd", "audisp-syslog", "audisp", "auditd", "audit", "kernel"];

    private static ReadOnlySpan<byte> Stamp => "audit("u8;

    /// <summary>Whether the last event that has records in these messages may have more of them: there was no end of it yet.</summary>
    public static bool IsUnfinished(IReadOnlyList<byte[]> messages)
    {
        var last = messages.LastOrDefault(IsSuspect);
        if (last is null || TryRecord(last, DateTimeOffset.UnixEpoch) is not { } record) return false;
        var key = AuditLines.KeyOf(record.Line);
        var types = messages.Where(IsSuspect).Select(message => TryRecord(message, DateTimeOffset.UnixEpoch)).Where(other => other is not null && AuditLines.KeyOf(other.Value.Line) == key)
            .Select(other => AuditRecord.TryParse(other!.Value.Line, out var parsed) ? parsed.Type : "").ToList();
        return !types.Exists(type => type is AuditRecordType.End or AuditRecordType.Title) && types.Exists(type => type == AuditRecordType.Syscall || AuditRecordType.IsAddition(type));
    }

    /// <summary>Puts the messages of one event of Linux audit together, a line each; all others stay as they are.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Joined(IReadOnlyList<byte[]> messages)
    {
        if (!messages.Any(IsSuspect)) return [.. messages.Select(message => (ReadOnlyMemory<byte>)message)];
        var items = new List<ReadOnlyMemory<byte>>(messages.Count);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            var record = IsSuspect(message) ? TryRecord(message, DateTimeOffset.UnixEpoch) : null;
            if (record is not { } found || AuditLines.KeyOf(found.Line) is not { } key)
            {
                items.Add(message);
                continue;
            }
            key = $"{found.Host} {key}";
            if (places.TryGetValue(key, out var place)) items[place] = (byte[])[.. items[place].Span, (byte)'\n', .. message];
            else if (!AuditRecordMapping.IsEmpty(found.Line))
            {
                places[key] = items.Count;
                items.Add(message);
            }
        }
        return items;
    }

    /// <returns>The records, a line each, and whose they are; null for messages that hold none.</returns>
    public static (ReadOnlyMemory<byte> Records, string? Host)? TryRead(ReadOnlyMemory<byte> item, DateTimeOffset now)
    {
        if (!IsSuspect(item.Span)) return null;
        var records = new List<byte>();
        string? host = null;
        foreach (var message in item.Span.Split((byte)'\n'))
        {
            if (TryRecord(item.Span[message], now) is not { } record) return null;
            if (records.Count > 0) records.Add((byte)'\n');
            records.AddRange(record.Line);
            host ??= record.Host;
        }
        return (records.ToArray(), host);
    }

    private static bool IsSuspect(byte[] message) => IsSuspect(message.AsSpan());

    private static bool IsSuspect(ReadOnlySpan<byte> message) => message.IndexOf(Stamp) >= 0;

    private static (byte[] Line, string? Host)? TryRecord(ReadOnlySpan<byte> message, DateTimeOffset now)
    {
        if (!SyslogMessage.TryParse(message, now, out var parsed, out _) || !Tags.Contains(parsed.Application)) return null;
        var text = parsed.Text;
        var stamp = text.IndexOf("audit(", StringComparison.Ordinal);
        if (stamp < 0) return null;
        // The kernel puts its own name, and perhaps its clock, before the record.
        var type = text.LastIndexOf("type=", stamp, StringComparison.Ordinal);
        var node = text.LastIndexOf("node=", stamp, StringComparison.Ordinal);
        var start = node >= 0 && node < type ? node : type;
        if (start < 0) return null;
        var line = Encoding.UTF8.GetBytes(text[start..]);
        return AuditRecord.TryParse(line, out _) ? (line, parsed.Host) : null;
    }
}
