using System.Globalization;
using System.Text;
using Domesday.Core.Problems;

namespace Domesday.Dialects.DockerUcp;

/// <summary>A TOML text in which single values are read and changed, and everything else stays as it was written: comments, order and white space.</summary>
/// <remarks>Why it is written by hand: docs/adr/0025-toml-in-place.md. Source: toml.io, v1.0.0.</remarks>
internal sealed class TomlDocument
{
    /// <summary>Longest text, in characters.</summary>
    public const int CharsMax = 20_000;

    private readonly string _text;
    private readonly List<TomlValue> _values;
    private readonly Dictionary<string, int> _headers;

    private TomlDocument(string text, List<TomlValue> values, Dictionary<string, int> headers) => (_text, _values, _headers) = (text, values, headers);

    /// <returns><see cref="ProblemKind.Invalid"/> with line and reason for what is not TOML.</returns>
    public static Result<TomlDocument> Parse(string text)
    {
        if (text.Length > CharsMax) return new Problem(ProblemKind.TooLarge, $"The configuration has more than {CharsMax} characters.");
        var reader = new TomlReader(text);
        return reader.Read() is { } reason
            ? new Problem(ProblemKind.Invalid, string.Create(CultureInfo.InvariantCulture, $"The configuration is not TOML: line {reader.Line} {reason}."))
            : new TomlDocument(text, reader.Values, reader.Headers);
    }

    /// <summary>A value that is text; null when it is absent or of another type.</summary>
    public string? Text(string table, string key) => Find(table, key) is { Text: { } text } ? text : null;

    /// <summary>A value that is true or false; null when it is absent or of another type.</summary>
    public bool? Flag(string table, string key) => Find(table, key) is { } value ? _text[value.Start..value.End] switch { "true" => true, "false" => false, _ => null } : null;

    public bool Has(string table, string key) => Find(table, key) is not null;

    /// <summary>The text with one value changed, or added at the beginning of its table, or with a new table at its end.</summary>
    /// <param name="value">As TOML writes it.</param>
    public string With(string table, string key, string value)
    {
        if (Find(table, key) is { } found) return string.Concat(_text.AsSpan(0, found.Start), value, _text.AsSpan(found.End));
        var newLine = _text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var line = $"  {key} = {value}{newLine}";
        if (_headers.TryGetValue(table, out var header))
        {
            var end = _text.IndexOf('\n', header);
            return end < 0 ? _text + newLine + line : _text.Insert(end + 1, line);
        }
        var gap = _text.Length == 0 ? "" : _text.EndsWith('\n') ? newLine : newLine + newLine;
        return $"{_text}{gap}[{table}]{newLine}{line}";
    }

    /// <summary>A text as TOML writes it.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var unit in text)
        {
            if (unit is '"' or '\\') quoted.Append('\\').Append(unit);
            else if (char.IsControl(unit)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
            else quoted.Append(unit);
        }
        return quoted.Append('"').ToString();
    }

    private TomlValue? Find(string table, string key) => _values.Find(value => value.Path == table + "." + key);
}

/// <summary>Where a value stands.</summary>
/// <param name="Path">Its table and key, joined by points.</param>
/// <param name="Text">What a string says; null for other types.</param>
internal sealed record TomlValue(string Path, int Start, int End, string? Text);
