namespace Domesday.Http.Parameters;

/// <summary>Guesses what was meant by a name that nobody knows.</summary>
public static class NearestName
{
    private const int CompareCharsMax = 64;

    /// <returns>The known name that takes the fewest changes, when few enough; else null.</returns>
    public static string? Of(string name, IEnumerable<string> known)
    {
        if (name.Length > CompareCharsMax) return null;
        var best = known.Select(candidate => (Name: candidate, Distance: IsBeginning(name, candidate) ? 1 : Distance(name.ToLowerInvariant(), candidate)))
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Name, StringComparer.Ordinal).FirstOrDefault();
        return best.Name is not null && best.Distance <= Math.Max(1, Math.Min(name.Length, best.Name.Length) / 3) ? best.Name : null;
    }

    /// <returns>The known name that takes the fewest changes, however many.</returns>
    public static string Nearest(string name, IEnumerable<string> known) => known.MinBy(candidate => Distance(name, candidate))!;

    /// <summary>«; did you mean …?», or nothing.</summary>
    public static string Hint(string name, IEnumerable<string> known) => Of(name, known) is { } nearest ? $"; did you mean {nearest}?" : "";

    /// <summary>Levenshtein's: characters to insert, delete or replace.</summary>
    public static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }

    private static bool IsBeginning(string name, string candidate) => name.Length >= 3 && candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase);
}
