using System.Diagnostics.CodeAnalysis;

namespace Domesday.Events.Capture;

/// <summary>A pattern of paths: <c>*</c> stands for a part of one segment, <c>**</c> for any number of segments.</summary>
/// <remarks>
/// Compared with regard to case. A pattern also matches behind an API version: <c>/secrets/*</c> matches <c>/v1.41/secrets/x</c>, unless it names
/// a version itself.
/// </remarks>
public sealed class PathPattern
{
    private const string Any = "**";

    /// <summary>Longest pattern, in characters.</summary>
    public const int CharsMax = 512;

    private readonly string[] _segments;

    private PathPattern(string text, string[] segments) => (Text, _segments) = (text, segments);

    public string Text { get; }

    /// <param name="reason">Why it is none, continuing «the pattern …».</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PathPattern? pattern, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(text);
        (pattern, reason) = (null, null);
        var segments = text.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (!text.StartsWith('/')) reason = "must begin with a slash";
        else if (text.Length > CharsMax) reason = $"is longer than {CharsMax} characters";
        else if (text.AsSpan().ContainsAny('?', '#', '%')) reason = "is compared with the decoded path alone: no query, no percent signs";
        else if (segments.Any(segment => segment is "." or "..")) reason = "must not have dot segments";
        else if (segments.Any(segment => segment != Any && segment.Contains(Any, StringComparison.Ordinal))) reason = "has ** within a segment: it stands for whole segments";
        else if (segments.Count(segment => segment == Any) > 4) reason = "has more than four **";
        else pattern = new(text, segments);
        return pattern is not null;
    }

    /// <exception cref="FormatException">It is no pattern.</exception>
    public static PathPattern Parse(string text) => TryParse(text, out var pattern, out var reason) ? pattern : throw new FormatException($"The pattern {text} {reason}.");

    public bool Matches(RequestPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Matches(path.Segments, 0, 0) || path.HasVersion && Matches(path.Segments, 0, 1);
    }

    public override string ToString() => Text;

    private bool Matches(IReadOnlyList<string> path, int at, int from)
    {
        for (; at < _segments.Length; at++, from++)
        {
            if (_segments[at] == Any)
            {
                if (at == _segments.Length - 1) return true;
                for (var rest = from; rest <= path.Count; rest++)
                {
                    if (Matches(path, at + 1, rest)) return true;
                }
                return false;
            }
            if (from >= path.Count || !Glob.Matches(_segments[at], path[from])) return false;
        }
        return from == path.Count;
    }
}
