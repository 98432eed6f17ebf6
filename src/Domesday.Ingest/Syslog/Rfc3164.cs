using System.Globalization;
using System.Text;
using Domesday.Events;

namespace Domesday.Ingest.Syslog;

/// <summary>What follows the priority by RFC 3164 §4.1, as far as senders keep to it: time, host, tag, text. What is not recognised is text.</summary>
internal static class Rfc3164
{
    private const int TagCharsMax = 48;
    private const int ClassicTimeChars = 15;

    private static readonly string[] ClassicForms = ["MMM d HH:mm:ss", "MMM dd HH:mm:ss"];

    /// <param name="now">The classic time has neither year nor zone: it is taken for UTC, in the year that brings it nearest to now.</param>
    public static SyslogMessage Parse(string text, SyslogMessage bare, DateTimeOffset now)
    {
        var rest = text;
        if (TakeTime(ref rest, now, out var written) is not { } time) return WithTag(text, bare);
        var message = bare with { Time = time, TimeText = written };
        var space = rest.IndexOf(' ', StringComparison.Ordinal);
        // «host tag: text», but some leave the host out: a first word with a tag's colon or bracket is no host.
        if (space <= 0 || rest.AsSpan(0, space).IndexOfAny(":[") >= 0 && !rest.AsSpan(0, space).Contains("::", StringComparison.Ordinal)) return WithTag(rest, message);
        return WithTag(rest[(space + 1)..], message with { Host = rest[..space] });
    }

    private static Timestamp? TakeTime(ref string rest, DateTimeOffset now, out string? written)
    {
        written = null;
        if (rest.Length > ClassicTimeChars && rest[ClassicTimeChars] == ' '
            && DateTime.TryParseExact(rest[..ClassicTimeChars].Replace("  ", " ", StringComparison.Ordinal), ClassicForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            written = rest[..ClassicTimeChars];
            rest = rest[(ClassicTimeChars + 1)..];
            return Classic(written, now);
        }
        var space = rest.IndexOf(' ', StringComparison.Ordinal);
        if (space is < 19 or > 40 || !Timestamp.TryParse(Encoding.UTF8.GetBytes(rest[..space]), out var modern, out _)) return null;
        if (modern.ToString() != rest[..space]) written = rest[..space];
        rest = rest[(space + 1)..];
        return modern;
    }

    private static Timestamp Classic(string written, DateTimeOffset now)
    {
        var nearest = now;
        var distance = TimeSpan.MaxValue;
        foreach (var year in (ReadOnlySpan<int>)[now.Year - 1, now.Year, now.Year + 1])
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{year} {written.Replace("  ", " ", StringComparison.Ordinal)}");
            if (!DateTime.TryParseExact(text, ["yyyy MMM d HH:mm:ss", "yyyy MMM dd HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)) continue;
            if ((time - now.UtcDateTime).Duration() >= distance) continue;
            (nearest, distance) = (time, (time - now.UtcDateTime).Duration());
        }
        return Timestamp.FromDateTimeOffset(nearest);
    }

    /// <summary>A tag is letters, digits and a few signs, then a process in brackets or none, then a colon.</summary>
    private static SyslogMessage WithTag(string text, SyslogMessage message)
    {
        var end = 0;
        while (end < text.Length && end <= TagCharsMax && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '_' or '.' or '/' or '(' or ')')) end++;
        if (end is 0 or > TagCharsMax || end == text.Length) return message with { Text = text };
        var (tag, after) = (text[..end], end);
        string? process = null;
        if (text[end] == '[')
        {
            var close = text.IndexOf(']', end);
            if (close < 0 || close - end > TagCharsMax) return message with { Text = text };
            (process, after) = (text[(end + 1)..close], close + 1);
        }
        if (after >= text.Length || text[after] != ':') return message with { Text = text };
        return message with { Application = tag, Process = string.IsNullOrEmpty(process) ? null : process, Text = text[(after + 1)..].TrimStart(' ') };
    }
}
