using System.Text;

namespace Domesday.Http.Parameters;

/// <summary>Several values in one text.</summary>
public static class CommaList
{
    /// <summary>Splits at commas. A backslash before a comma or a backslash keeps it; before anything else it stands for itself.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text.Split(',');
        var values = new List<string>();
        var value = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is ',' or '\\') value.Append(text[++i]);
            else if (text[i] != ',') value.Append(text[i]);
            else
            {
                values.Add(value.ToString());
                value.Clear();
            }
        }
        values.Add(value.ToString());
        return values;
    }

    /// <summary>Writes values so that <see cref="Split"/> gives them back.</summary>
    public static string Join(IEnumerable<string> values) => string.Join(',', values.Select(value =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal)));
}
