namespace Domesday.Capture.Recording;

/// <summary>Texts from the wire as an event may hold them.</summary>
public static class EventText
{
    public const int CharsMax = 1_024;
    public const int UriCharsMax = 8 * 1_024;

    private static readonly System.Buffers.SearchValues<char> Unusual =
        System.Buffers.SearchValues.Create([.. Enumerable.Range(0, char.MaxValue + 1).Select(unit => (char)unit).Where(unit => char.IsControl(unit) || char.IsSurrogate(unit))]);

    /// <summary>Without control characters and halves of surrogate pairs, and cut where it is too long for an entry.</summary>
    /// <returns>Null for a text of which nothing is left.</returns>
    public static string? Clean(string? text, int charsMax = CharsMax)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var isCut = text.Length > charsMax;
        if (isCut) text = text[..charsMax];
        if (!isCut && !text.AsSpan().ContainsAny(Unusual)) return text;
        var clean = new System.Text.StringBuilder(text.Length + 1);
        foreach (var rune in text.EnumerateRunes()) clean.Append(System.Text.Rune.IsControl(rune) ? "\uFFFD" : rune.ToString());
        return isCut ? clean.Append('…').ToString() : clean.ToString();
    }
}
