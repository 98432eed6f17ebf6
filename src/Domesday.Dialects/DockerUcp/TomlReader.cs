using System.Text;
using System.Text.RegularExpressions;

namespace Domesday.Dialects.DockerUcp;

/// <summary>Goes through a TOML text once and notes where tables and values stand.</summary>
/// <remarks>Source: toml.io, v1.0.0. Dates are checked by form alone; keys that are set twice are refused.</remarks>
internal sealed partial class TomlReader(string text)
{
    private const int DepthMax = 32;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private int _at;
    private string _table = "";
    private int _tables;

    public List<TomlValue> Values { get; } = [];

    /// <summary>Tables by name, with the position of their header.</summary>
    public Dictionary<string, int> Headers { get; } = new(StringComparer.Ordinal);

    /// <summary>Of the fault, from 1.</summary>
    public int Line => text.AsSpan(0, Math.Min(_at, text.Length)).Count('\n') + 1;

    /// <returns>Why it is not TOML, continuing «line n …»; null when it is.</returns>
    public string? Read()
    {
        if (text.StartsWith('\uFEFF')) _at = 1;
        while (_at < text.Length)
        {
            SkipBlanks();
            if (_at < text.Length && Here is not ('\r' or '\n' or '#') && (Here == '[' ? ReadHeader() : ReadPair(_table, 0)) is { } reason) return reason;
            if (EndLine() is { } rest) return rest;
        }
        return null;
    }

    private char Here => text[_at];

    private char Next => _at + 1 < text.Length ? text[_at + 1] : '\0';

    private string? ReadHeader()
    {
        var start = _at;
        var isList = Next == '[';
        _at += isList ? 2 : 1;
        SkipBlanks();
        if (ReadKey(out var name) is { } reason) return reason;
        SkipBlanks();
        if (!Take(isList ? "]]" : "]")) return "has a table whose name does not end in a bracket";
        // Each item of a list of tables is a table of its own.
        _table = isList ? $"{name}[{_tables++}]" : name;
        if (!_seen.Add("[" + _table)) return $"has the table {name} again";
        if (!isList) Headers[name] = start;
        return null;
    }

    private string? ReadPair(string table, int depth)
    {
        if (ReadKey(out var key) is { } reason) return reason;
        SkipBlanks();
        if (!Take("=")) return "has neither a table nor a key with an equals sign";
        SkipBlanks();
        var path = table.Length == 0 ? key : $"{table}.{key}";
        if (!_seen.Add(path)) return $"sets {key} again";
        var start = _at;
        if (ReadValue(path, depth, out var content) is { } wrong) return wrong;
        Values.Add(new(path, start, _at, content));
        return null;
    }

    private string? ReadKey(out string key)
    {
        var parts = new List<string>();
        key = "";
        while (true)
        {
            SkipBlanks();
            if (_at >= text.Length) return "ends within a key";
            if (Here is '"' or '\'')
            {
                if (ReadString(out var quoted, allowLines: false) is { } reason) return reason;
                parts.Add(quoted);
            }
            else
            {
                var start = _at;
                while (_at < text.Length && (char.IsAsciiLetterOrDigit(Here) || Here is '_' or '-')) _at++;
                if (_at == start) return "has no key where one is needed";
                parts.Add(text[start.._at]);
            }
            SkipBlanks();
            if (_at >= text.Length || Here != '.') break;
            _at++;
        }
        key = string.Join('.', parts);
        return null;
    }

    /// <param name="content">What a string says; null for other types.</param>
    private string? ReadValue(string path, int depth, out string? content)
    {
        content = null;
        if (_at >= text.Length) return "ends before a value";
        if (depth > DepthMax) return $"nests deeper than {DepthMax} levels";
        if (Here is '"' or '\'')
        {
            var reason = ReadString(out var read, allowLines: true);
            content = read;
            return reason;
        }
        if (Here == '[') return ReadList(path, depth);
        if (Here == '{') return ReadInline(path, depth);
        var match = Plain().Match(text, _at);
        if (!match.Success) return "has a value that is no text, number, date, true or false, list or table";
        _at += match.Length;
        return null;
    }

    private string? ReadList(string path, int depth)
    {
        _at++;
        for (var index = 0; ; index++)
        {
            if (SkipLines() is { } odd) return odd;
            if (Take("]")) return null;
            if (ReadValue($"{path}[{index}]", depth + 1, out _) is { } reason) return reason;
            if (SkipLines() is { } strange) return strange;
            if (Take("]")) return null;
            if (!Take(",")) return "has a list without a comma or a bracket where one is needed";
        }
    }

    private string? ReadInline(string path, int depth)
    {
        _at++;
        SkipBlanks();
        if (Take("}")) return null;
        while (true)
        {
            SkipBlanks();
            if (ReadPair(path, depth + 1) is { } reason) return reason;
            SkipBlanks();
            if (Take("}")) return null;
            if (!Take(",")) return "has an inline table without a comma or a brace where one is needed";
        }
    }

    private string? ReadString(out string content, bool allowLines)
    {
        content = "";
        var quote = Here;
        var triple = new string(quote, 3);
        var isLong = string.CompareOrdinal(text, _at, triple, 0, 3) == 0;
        if (isLong && !allowLines) return "has a key of several lines";
        _at += isLong ? 3 : 1;
        if (isLong && _at < text.Length) Take(text.AsSpan(_at).StartsWith("\r\n") ? "\r\n" : "\n");
        var read = new StringBuilder();
        while (_at < text.Length)
        {
            if (isLong ? IsEndOfLong(triple, read) : Here == quote)
            {
                _at += isLong ? 3 : 1;
                content = read.ToString();
                return null;
            }
            if (Here == '\n' && !isLong) return "has a text that does not end";
            if (char.IsControl(Here) && Here is not ('\t' or '\n') && !(Here == '\r' && isLong && Next == '\n')) return "has a control character";
            if (Here == '\\' && quote == '"')
            {
                if (ReadEscape(read, isLong) is { } reason) return reason;
            }
            else read.Append(text[_at++]);
        }
        return "has a text that does not end";
    }

    /// <summary>Up to two quotes may stand before the three that end a long text.</summary>
    private bool IsEndOfLong(string triple, StringBuilder read)
    {
        if (string.CompareOrdinal(text, _at, triple, 0, 3) != 0) return false;
        for (var extra = 0; extra < 2 && _at + 3 < text.Length && text[_at + 3] == triple[0]; extra++) read.Append(text[_at++]);
        return true;
    }

    private string? ReadEscape(StringBuilder read, bool isLong)
    {
        var sign = Next;
        if (isLong && sign is ' ' or '\t' or '\r' or '\n')
        {
            _at++;
            var line = text.AsSpan(_at);
            if (line[..(line.IndexOf('\n') is >= 0 and var end ? end : line.Length)].Trim(" \t\r").Length > 0) return "has a backslash before something that cannot be escaped";
            while (_at < text.Length && Here is ' ' or '\t' or '\r' or '\n') _at++;
            return null;
        }
        if (sign is 'u' or 'U')
        {
            var digits = sign == 'u' ? 4 : 8;
            if (_at + 2 + digits > text.Length || !int.TryParse(text.AsSpan(_at + 2, digits), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code) || !Rune.IsValid(code))
                return "has an escape that names no character";
            read.Append(new Rune(code));
            _at += 2 + digits;
            return null;
        }
        var plain = "btnfr\"\\".IndexOf(sign, StringComparison.Ordinal);
        if (plain < 0) return "has a backslash before something that cannot be escaped";
        read.Append("\b\t\n\f\r\"\\"[plain]);
        _at += 2;
        return null;
    }

    private string? EndLine()
    {
        SkipBlanks();
        if (_at < text.Length && Here == '#')
        {
            while (_at < text.Length && Here is not ('\n' or '\r'))
            {
                if (char.IsControl(Here) && Here != '\t') return "has a control character";
                _at++;
            }
        }
        return _at >= text.Length || Take("\n") || Take("\r\n") ? null : "has something behind its end";
    }

    /// <summary>Blanks, line ends and comments, as they may stand within a list.</summary>
    private string? SkipLines()
    {
        while (true)
        {
            SkipBlanks();
            if (_at >= text.Length) return "ends within a list";
            if (Here is not ('\n' or '\r' or '#')) return null;
            if (EndLine() is { } reason) return reason;
        }
    }

    private void SkipBlanks()
    {
        while (_at < text.Length && Here is ' ' or '\t') _at++;
    }

    private bool Take(string sign)
    {
        if (string.CompareOrdinal(text, _at, sign, 0, sign.Length) != 0) return false;
        _at += sign.Length;
        return true;
    }

    [GeneratedRegex(@"\G(true|false|[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?|[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?|0x[0-9A-Fa-f]+(_[0-9A-Fa-f]+)*|0o[0-7]+(_[0-7]+)*|0b[01]+(_[01]+)*|[+-]?(inf|nan|(0|[1-9][0-9]*(_[0-9]+)*)(\.[0-9]+(_[0-9]+)*)?([eE][+-]?[0-9]+(_[0-9]+)*)?))(?![A-Za-z0-9_.:+-])", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
