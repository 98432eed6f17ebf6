using System.Collections.Frozen;
using System.Text;

namespace Domesday.Events.Capture;

/// <summary>Decides by a name whether its value is secret.</summary>
/// <remarks>
/// Letters and digits alone count, without regard to case: <c>db_password</c>, <c>--DB-Password</c> and <c>dbPassword</c> are one. The long s and the
/// Kelvin sign count as s and k, because Go's decoder takes them for those: <c>paſſword</c> sets the password of many a server.
/// </remarks>
internal sealed class SecretNames
{
    private readonly FrozenSet<string> _names;
    private readonly int _shortest;

    public SecretNames(IEnumerable<string> names)
    {
        _names = names.Select(Fold).Where(name => name.Length > 0).ToFrozenSet(StringComparer.Ordinal);
        _shortest = _names.Count == 0 ? int.MaxValue : _names.Min(name => name.Length);
    }

    /// <summary>Whether the name is one of them, or ends in one.</summary>
    public bool Contains(string name)
    {
        if (name.Length < _shortest) return false;
        var folded = Fold(name).AsSpan();
        var known = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var start = 0; folded.Length - start >= _shortest; start++)
        {
            if (known.Contains(folded[start..])) return true;
        }
        return false;
    }

    /// <summary>The form in which names are compared; empty when a name has neither letter nor digit.</summary>
    public static string Fold(string name)
    {
        var folded = new StringBuilder(Math.Min(name.Length, 256));
        foreach (var unit in name)
        {
            if (unit == '\u017F') folded.Append('s');
            else if (unit == '\u212A') folded.Append('k');
            else if (char.IsLetterOrDigit(unit)) folded.Append(char.ToLowerInvariant(unit));
        }
        // A name that is longer than any secret's is compared by its end.
        return folded.Length > 256 ? folded.ToString(folded.Length - 256, 256) : folded.ToString();
    }

    /// <summary>Whether two names are the same to a decoder that does not regard case.</summary>
    public static bool AreSame(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase) || Lower(left) == Lower(right);

    private static string Lower(string name) => name.Replace('\u017F', 's').Replace('\u212A', 'k').ToLowerInvariant();
}
