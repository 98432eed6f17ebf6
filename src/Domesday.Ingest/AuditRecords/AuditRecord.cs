using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Domesday.Events;

namespace Domesday.Ingest.AuditRecords;

/// <summary>One record of the Linux audit system, as auditd writes it on a line: <c>type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e …</c></summary>
/// <param name="Type">Such as <c>SYSCALL</c>.</param>
/// <param name="Stamp">Time and number of the event that it belongs to, such as <c>1364481363.243:24287</c>.</param>
/// <param name="Fields">The first value of each name; null where the record has none, as in <c>acct=?</c>.</param>
/// <remarks>Source: github.com/linux-audit/audit-documentation, specs/fields; audit-userspace, lib/audit_logging.c for what is written as hexadecimal digits.</remarks>
internal sealed record AuditRecord(string Type, string Stamp, string? Node, Timestamp Time, IReadOnlyDictionary<string, string?> Fields, string Text)
{
    /// <summary>Stands between what the kernel said and what auditd added in its enriched format.</summary>
    private const char Enriched = '\x1D';

    private const int StampBytesMax = 48;

    /// <summary>Of users and sessions that were never set: 32 bits of ones, or -1.</summary>
    private static readonly string[] Unset = ["4294967295", "-1", "unset"];

    private static readonly System.Buffers.SearchValues<char> Digits = System.Buffers.SearchValues.Create("0123456789ABCDEFabcdef");

    private static ReadOnlySpan<byte> StampBegins => "audit("u8;

    public string? this[string name] => Fields.GetValueOrDefault(name);

    /// <summary>A user's or a session's number; null when it was never set.</summary>
    public string? Number(string name) => this[name] is { } number && !Unset.Contains(number) ? number : null;

    /// <summary>What tells the records of one event from those of others: node and stamp, as they stand in the line.</summary>
    /// <returns>Empty for what is no record.</returns>
    public static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> line)
    {
        var start = line.IndexOf(StampBegins);
        if (start < 0) return default;
        var end = line[start..].IndexOf((byte)')');
        return end < 0 || end > StampBytesMax || !line[..start].Contains((byte)'=') ? default : line[..(start + end)];
    }

    public static bool TryParse(ReadOnlySpan<byte> line, [NotNullWhen(true)] out AuditRecord? record)
    {
        record = null;
        var text = (Utf8.IsValid(line) ? Encoding.UTF8 : Encoding.Latin1).GetString(line).TrimEnd('\r', '\n', '\0', ' ');
        var start = text.IndexOf("audit(", StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf(')', start);
        if (end < 0 || end - start > StampBytesMax) return false;
        var stamp = text[(start + 6)..end];
        var head = new Dictionary<string, string?>(StringComparer.Ordinal);
        ReadFields(text.AsSpan(0, start), "", head);
        if (head.GetValueOrDefault("type") is not { } type || TimeOf(stamp) is not { } time) return false;
        if (type.All(char.IsAsciiDigit)) type = AuditRecordType.NameOf(type);
        var fields = new Dictionary<string, string?>(StringComparer.Ordinal);
        ReadFields(text.AsSpan(end + 1).TrimStart(" :"), type, fields);
        record = new(type, stamp, head.GetValueOrDefault("node"), time, fields, text.Replace(Enriched, ' ').Replace('\0', '\uFFFD'));
        return true;
    }

    private static Timestamp? TimeOf(string stamp)
    {
        var colon = stamp.IndexOf(':', StringComparison.Ordinal);
        // Up to the end of the year 9999.
        if (colon < 0 || !decimal.TryParse(stamp.AsSpan(0, colon), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || seconds >= 253_402_300_800) return null;
        return ulong.TryParse(stamp.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? new Timestamp((long)(seconds * 1_000_000)) : null;
    }

    private static void ReadFields(ReadOnlySpan<char> text, string type, Dictionary<string, string?> fields)
    {
        while (true)
        {
            text = text.TrimStart([' ', ',', Enriched]);
            if (text.IsEmpty) return;
            var space = text.IndexOfAny(' ', Enriched);
            var equals = text.IndexOf('=');
            if (equals <= 0 || space >= 0 && space < equals)
            {
                // A word that is no field, such as the «user» of old versions.
                if (space < 0) return;
                text = text[space..];
                continue;
            }
            var name = text[..equals].ToString();
            text = text[(equals + 1)..];
            var value = TakeValue(ref text, out var quote);
            if (quote == '\'') ReadFields(value, type, fields);
            else fields.TryAdd(name, quote == '"' ? Clean(value) : Unquoted(type, name, value));
        }
    }

    private static ReadOnlySpan<char> TakeValue(ref ReadOnlySpan<char> text, out char quote)
    {
        quote = text.IsEmpty ? ' ' : text[0];
        if (quote is '"' or '\'' && text[1..].IndexOf(quote) is >= 0 and var length)
        {
            var quoted = text.Slice(1, length);
            text = text[(length + 2)..];
            return quoted;
        }
        quote = ' ';
        var end = text.IndexOfAny(' ', Enriched);
        var value = end < 0 ? text : text[..end];
        text = text[value.Length..];
        return value;
    }

    private static string? Unquoted(string type, string name, ReadOnlySpan<char> value)
    {
        if (value is "" or "?" or "(null)" or "(none)") return null;
        if (!AuditRecordType.IsEncoded(type, name) || value.Length % 2 != 0 || value.ContainsAnyExcept(Digits)) return Clean(value);
        var bytes = Convert.FromHexString(value);
        return Clean((Utf8.IsValid(bytes) ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes).TrimEnd('\0'));
    }

    /// <summary>Words of a command line are divided by zeros, keys of a rule by ones.</summary>
    /// <returns>Null for a text of which nothing is left.</returns>
    private static string? Clean(ReadOnlySpan<char> value)
    {
        var clean = value.ToString();
        if (string.IsNullOrWhiteSpace(clean.Trim('\0'))) return null;
        if (!clean.Any(char.IsControl)) return clean;
        return string.Create(clean.Length, clean, static (made, from) =>
        {
            for (var i = 0; i < from.Length; i++) made[i] = from[i] is '\0' or '\x01' ? ' ' : char.IsControl(from[i]) ? '\uFFFD' : from[i];
        });
    }
}
