using System.Diagnostics.CodeAnalysis;

namespace Domesday.Events.Capture;

/// <summary>Places in a JSON value: <c>$</c>, then <c>.name</c>, <c>..name</c> (at any depth), <c>.*</c>, <c>[*]</c>, <c>["a name"]</c>.</summary>
/// <remarks>A part of RFC 9535. Names are compared without regard to case, as Go's decoder does, so that no spelling escapes.</remarks>
public sealed class JsonPath
{
    private const int StepsMax = 16;

    private readonly Step[] _steps;

    private JsonPath(string text, Step[] steps) => (Text, _steps) = (text, steps);

    public string Text { get; }

    /// <summary>How many steps lead to the places.</summary>
    internal int Length => _steps.Length;

    /// <param name="reason">Why it is none, continuing «the path …».</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out JsonPath? path, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(text);
        (path, reason) = (null, null);
        if (!text.StartsWith('$'))
        {
            reason = "must begin with $";
            return false;
        }
        var steps = new List<Step>();
        var at = 1;
        while (at < text.Length && steps.Count <= StepsMax)
        {
            if (!TryStep(text, ref at, out var step))
            {
                reason = $"has something other than .name, ..name, .*, [*] or [\"name\"] at character {at + 1}";
                return false;
            }
            steps.Add(step);
        }
        if (steps.Count > StepsMax)
        {
            reason = $"has more than {StepsMax} steps";
            return false;
        }
        path = new(text, [.. steps]);
        return true;
    }

    /// <exception cref="FormatException">It is no path.</exception>
    public static JsonPath Parse(string text) => TryParse(text, out var path, out var reason) ? path : throw new FormatException($"The path {text} {reason}.");

    public override string ToString() => Text;

    /// <summary>Goes one step down into a value.</summary>
    /// <param name="at">The step that is to be taken next.</param>
    /// <param name="name">The member's name; null within a list.</param>
    /// <param name="next">Gets the steps that are to be taken next there.</param>
    internal void Descend(int at, string? name, ICollection<int> next)
    {
        if (at >= _steps.Length) return;
        var step = _steps[at];
        if (step.AnyDepth) next.Add(at);
        if (step.Name is null || name is not null && SecretNames.AreSame(step.Name, name)) next.Add(at + 1);
    }

    private static bool TryStep(string text, ref int at, out Step step)
    {
        step = default;
        if (text[at] == '[') return TryBracket(text, ref at, out step);
        if (text[at] != '.') return false;
        var anyDepth = at + 1 < text.Length && text[at + 1] == '.';
        var start = at + (anyDepth ? 2 : 1);
        var end = start;
        while (end < text.Length && text[end] is not ('.' or '[' or ']' or '"' or ' ')) end++;
        if (end == start) return false;
        var name = text[start..end];
        step = new(name == "*" ? null : name, anyDepth);
        at = end;
        return name == "*" || !name.Contains('*', StringComparison.Ordinal);
    }

    private static bool TryBracket(string text, ref int at, out Step step)
    {
        step = default;
        if (text.AsSpan(at).StartsWith("[*]"))
        {
            at += 3;
            return true;
        }
        if (at + 1 >= text.Length || text[at + 1] is not ('"' or '\'')) return false;
        var end = text.IndexOf($"{text[at + 1]}]", at + 2, StringComparison.Ordinal);
        if (end <= at + 2) return false;
        step = new(text[(at + 2)..end], false);
        at = end + 2;
        return true;
    }

    /// <param name="Name">Null for any member or item.</param>
    private readonly record struct Step(string? Name, bool AnyDepth);
}
