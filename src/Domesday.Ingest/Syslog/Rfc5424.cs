using System.Diagnostics.CodeAnalysis;
using System.Text;
using Domesday.Events;

namespace Domesday.Ingest.Syslog;

/// <summary>What follows the priority in RFC 5424 §6: version, time, host, application, process, message id, structured data, text.</summary>
internal static class Rfc5424
{
    /// <summary>A message is worth no more; more stays in its text.</summary>
    private const int ParametersMax = 1_000;

    private const string Absent = "-";
    private const char ByteOrderMark = '\uFEFF';

    public static bool TryParse(string text, SyslogMessage bare, [NotNullWhen(true)] out SyslogMessage? message)
    {
        message = null;
        var fields = text.Split(' ', 7);
        if (fields.Length < 7 || fields.Take(6).Any(field => field.Length == 0) || !TryTime(fields[1], out var time)) return false;
        if (!TryElements(fields[6], out var elements, out var end)) return false;
        var rest = fields[6].AsSpan(end);
        if (rest.Length > 0 && rest[0] != ' ') return false;
        message = bare with
        {
            Form = SyslogForm.Modern,
            Time = time,
            TimeText = time is { } known && known.ToString() != fields[1] ? fields[1] : null,
            Host = Present(fields[2]),
            Application = Present(fields[3]),
            Process = Present(fields[4]),
            MessageId = Present(fields[5]),
            Elements = elements,
            Text = rest.IsEmpty ? "" : rest[1..].TrimStart(ByteOrderMark).ToString(),
        };
        return true;
    }

    private static string? Present(string field) => field == Absent ? null : field;

    private static bool TryTime(string field, out Timestamp? time)
    {
        time = null;
        if (field == Absent) return true;
        if (!Timestamp.TryParse(Encoding.UTF8.GetBytes(field), out var parsed, out _)) return false;
        time = parsed;
        return true;
    }

    /// <param name="end">Where the text begins, with the space before it.</param>
    private static bool TryElements(string text, out List<SyslogElement> elements, out int end)
    {
        (elements, end) = ([], 0);
        if (text.StartsWith('-'))
        {
            end = 1;
            return true;
        }
        var count = 0;
        while (end < text.Length && text[end] == '[')
        {
            if (!TryElement(text, ref end, ref count, out var element)) return false;
            elements.Add(element);
        }
        return elements.Count > 0;
    }

    private static bool TryElement(string text, ref int at, ref int count, [NotNullWhen(true)] out SyslogElement? element)
    {
        element = null;
        var start = at + 1;
        var stop = text.AsSpan(start).IndexOfAny(' ', ']');
        if (stop <= 0) return false;
        var id = text.Substring(start, stop);
        at = start + stop;
        var parameters = new List<(string, string)>();
        while (at < text.Length && text[at] == ' ')
        {
            if (++count > ParametersMax || !TryParameter(text, ref at, out var parameter)) return false;
            parameters.Add(parameter);
        }
        if (at >= text.Length || text[at] != ']') return false;
        at++;
        element = new(id, parameters);
        return true;
    }

    /// <remarks>RFC 5424 §6.3.3: within a value a backslash stands before a quote, a backslash and a closing bracket, and is itself before anything else.</remarks>
    private static bool TryParameter(string text, ref int at, out (string Name, string Value) parameter)
    {
        parameter = default;
        var start = at + 1;
        var equals = text.IndexOf('=', start);
        if (equals <= start || equals + 1 >= text.Length || text[equals + 1] != '"') return false;
        var value = new StringBuilder();
        for (var i = equals + 2; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                parameter = (text[start..equals], value.ToString());
                at = i + 1;
                return true;
            }
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\\' or ']') i++;
            value.Append(text[i]);
        }
        return false;
    }
}
