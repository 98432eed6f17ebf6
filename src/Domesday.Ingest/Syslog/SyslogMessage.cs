using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Domesday.Events;

namespace Domesday.Ingest.Syslog;

/// <summary>One syslog message, taken apart.</summary>
/// <param name="Facility">0 to 23; by the standard.</param>
/// <param name="Severity">0, an emergency, to 7, debugging.</param>
internal sealed record SyslogMessage(int Facility, int Severity)
{
    /// <summary>RFC 5424 says 191; more has no facility.</summary>
    public const int PriorityMax = 191;

    public SyslogForm Form { get; init; }

    public Timestamp? Time { get; init; }

    /// <summary>The time as it was written, where <see cref="Time"/> does not say as much.</summary>
    public string? TimeText { get; init; }

    public string? Host { get; init; }

    public string? Application { get; init; }

    public string? Process { get; init; }

    public string? MessageId { get; init; }

    public IReadOnlyList<SyslogElement> Elements { get; init; } = [];

    public string Text { get; init; } = "";

    /// <summary>The message was not UTF-8: each byte is the letter of ISO 8859-1 with its number.</summary>
    public bool IsLatin1 { get; init; }

    /// <summary>Takes a message apart. After a priority anything goes: RFC 3164 §4.3.3 lets it be text.</summary>
    /// <param name="now">Gives messages of RFC 3164 their year, and those without a time nothing.</param>
    /// <param name="reason">Why it is no syslog message.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, DateTimeOffset now, [NotNullWhen(true)] out SyslogMessage? message, [NotNullWhen(false)] out string? reason)
    {
        (message, reason) = (null, null);
        bytes = bytes.TrimEnd("\0\r\n"u8);
        if (!TryPriority(ref bytes, out var priority))
        {
            reason = "does not begin with a priority such as <13>";
            return false;
        }
        var isLatin1 = !Utf8.IsValid(bytes);
        var text = (isLatin1 ? Encoding.Latin1 : Encoding.UTF8).GetString(bytes);
        var bare = new SyslogMessage(priority >> 3, priority & 7) { IsLatin1 = isLatin1 };
        message = text.StartsWith("1 ", StringComparison.Ordinal) && Rfc5424.TryParse(text, bare, out var modern) ? modern : Rfc3164.Parse(text, bare, now);
        return true;
    }

    private static bool TryPriority(ref ReadOnlySpan<byte> bytes, out int priority)
    {
        priority = 0;
        var end = bytes[..Math.Min(bytes.Length, 5)].IndexOf((byte)'>');
        if (end < 2 || bytes[0] != '<') return false;
        foreach (var digit in bytes[1..end])
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            priority = priority * 10 + (digit - '0');
        }
        if (priority > PriorityMax) return false;
        bytes = bytes[(end + 1)..];
        return true;
    }
}

/// <summary>Which standard a message follows.</summary>
internal enum SyslogForm
{
    /// <summary>RFC 3164, as far as anything does.</summary>
    Bsd,

    /// <summary>RFC 5424.</summary>
    Modern,
}

/// <summary>An element of structured data.</summary>
internal sealed record SyslogElement(string Id, IReadOnlyList<(string Name, string Value)> Parameters);
