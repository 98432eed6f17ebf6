using System.Globalization;

namespace Domesday.Events.Capture;

/// <summary>HTTP statuses: one, a class such as <c>5xx</c>, or a range such as <c>400-403</c>, ends included.</summary>
internal readonly record struct StatusPattern(int First, int Last)
{
    public static bool TryParse(string text, out StatusPattern pattern)
    {
        pattern = default;
        if (text is [>= '1' and <= '9' and var hundreds, 'x' or 'X', 'x' or 'X'])
        {
            pattern = new((hundreds - '0') * 100, (hundreds - '0') * 100 + 99);
            return true;
        }
        var ends = text.Split('-');
        if (ends.Length > 2 || !TryStatus(ends[0], out var first) || !TryStatus(ends[^1], out var last) || last < first) return false;
        pattern = new(first, last);
        return true;
    }

    public bool Matches(int status) => status >= First && status <= Last;

    private static bool TryStatus(string text, out int status)
    {
        status = 0;
        return text.Length == 3 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out status) && status >= 100;
    }
}
