using System.Globalization;
using System.Text;

namespace Domesday.Core.Erasures;

/// <summary>Sequences as text, runs of them by their ends: <c>17,20-24</c>.</summary>
public static class SequenceRanges
{
    /// <summary>The sequences in texts of a length at most.</summary>
    /// <param name="sequences">Ascending.</param>
    public static IReadOnlyList<string> Write(IReadOnlyList<long> sequences, int charsMax)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        var texts = new List<string>();
        var text = new StringBuilder();
        for (var i = 0; i < sequences.Count;)
        {
            var end = i;
            while (end + 1 < sequences.Count && sequences[end + 1] == sequences[end] + 1) end++;
            var range = end == i ? sequences[i].ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{sequences[i]}-{sequences[end]}");
            if (text.Length > 0 && text.Length + 1 + range.Length > charsMax)
            {
                texts.Add(text.ToString());
                text.Clear();
            }
            if (text.Length > 0) text.Append(',');
            text.Append(range);
            i = end + 1;
        }
        if (text.Length > 0) texts.Add(text.ToString());
        return texts;
    }

    /// <summary>The ends of each run, both inclusive.</summary>
    /// <exception cref="FormatException">It is not what <see cref="Write"/> makes.</exception>
    public static IEnumerable<(long First, long Last)> Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var range in text.Split(','))
        {
            var ends = range.Split('-', 2);
            var first = long.Parse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture);
            yield return (first, ends.Length == 1 ? first : long.Parse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture));
        }
    }

    public static bool Contains(string text, long sequence) => Read(text).Any(range => sequence >= range.First && sequence <= range.Last);
}
