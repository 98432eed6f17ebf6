using System.Text;

namespace Domesday.Core.Control;

/// <summary>Makes foreign text fit for an event that the service writes itself: recording must not fail by what it records.</summary>
public static class EventText
{
    /// <summary>The text without NUL and half surrogates, cut to a length; null when nothing is left.</summary>
    /// <param name="charsMax">In UTF-16 code units.</param>
    public static string? Clean(string? text, int charsMax = 512)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var clean = new StringBuilder(Math.Min(text.Length, charsMax));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > charsMax) break;
            clean.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        }
        return clean.ToString();
    }
}
