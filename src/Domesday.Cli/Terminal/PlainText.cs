using System.Globalization;
using System.Text;
using Domesday.Events;

namespace Domesday.Cli.Terminal;

/// <summary>What stands in events was written by others: it must not steer the terminal that shows it.</summary>
internal static class PlainText
{
    /// <summary>Shows control characters, and those that turn the direction of writing, by their codes.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsHidden)) return text;
        var shown = new StringBuilder(text.Length + 8);
        foreach (var letter in text)
        {
            if (IsHidden(letter)) shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            else shown.Append(letter);
        }
        return shown.ToString();
    }

    /// <summary>With separators between thousands.</summary>
    public static string Of(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>To the second, in UTC; nothing for no time.</summary>
    public static string Of(Timestamp? time) => time is { } known ? known.ToString()[..19].Replace('T', ' ') + "Z" : "";

    private static bool IsHidden(char letter) => char.IsControl(letter) || char.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
