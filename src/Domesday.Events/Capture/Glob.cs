namespace Domesday.Events.Capture;

/// <summary>Text in which <c>*</c> stands for any characters, none included.</summary>
internal static class Glob
{
    /// <summary>In time proportional to both lengths multiplied, whatever stands in them.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var (at, from, star, retry) = (0, 0, -1, 0);
        while (from < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*') (star, retry) = (at++, from);
            else if (at < pattern.Length && pattern[at] == text[from]) (at, from) = (at + 1, from + 1);
            else if (star >= 0) (at, from) = (star + 1, ++retry);
            else return false;
        }
        while (at < pattern.Length && pattern[at] == '*') at++;
        return at == pattern.Length;
    }
}
