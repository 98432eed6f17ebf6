using System.Globalization;
using System.Text;

namespace Domesday.Ui.Elements;

/// <summary>Makes what does not show visible: an event's value must not be able to turn the text around it round, or hide a part of itself.</summary>
public static class VisibleText
{
    /// <summary>The text with every control and format character written as its code point, such as <c>⟨U+202E⟩</c>.</summary>
    /// <param name="lines">Leaves line feeds and tabs as they are, for texts of several lines.</param>
    public static string Of(string text, bool lines = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Any(letter => IsUnseen(letter, lines))) return text;
        var shown = new StringBuilder();
        foreach (var letter in text)
        {
            if (IsUnseen(letter, lines)) shown.Append(CultureInfo.InvariantCulture, $"⟨U+{(int)letter:X4}⟩");
            else shown.Append(letter);
        }
        return shown.ToString();
    }

    /// <summary>At most so many characters, the last one an ellipsis; a surrogate pair is not cut.</summary>
    public static string Cut(string text, int charsMax)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= charsMax) return text;
        var end = char.IsHighSurrogate(text[charsMax - 2]) ? charsMax - 2 : charsMax - 1;
        return text[..end] + "…";
    }

    private static bool IsUnseen(char letter, bool lines) =>
        !(lines && letter is '\n' or '\t') && char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
